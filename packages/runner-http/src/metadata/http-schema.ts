import type { StandardSchema } from "@xrt/contracts";
import type { HostSettings } from "../options.ts";
import { keyTable } from "./key-table.ts";
import { readChoice, reading } from "./reading.ts";
import { requestConfig, requestKeys, type RequestConfig } from "./request-keys.ts";
import { canEnd, streamConfig, streamKeys, type StreamConfig } from "./stream-keys.ts";

export const metadataPrefix = "http.";

/** What one run of kind `http` goes by. */
export interface HttpConfig extends RequestConfig {
  /** Null: the response is a body. */
  readonly stream: StreamConfig | null;
}

/** The schema of the keys of kind `http`. */
export function httpSchema(host: HostSettings): StandardSchema<unknown, HttpConfig> {
  const shape = {
    ...requestKeys(host),
    ...streamKeys,
    response_mode: reading((text) => readChoice(["body", "sse"] as const, text)),
  };
  return keyTable(shape, host.allowInlineAuthorization, (findings): HttpConfig => {
    const { given, has, refuse } = findings;
    const request = requestConfig(findings, host);
    if (given.response_mode === "sse") {
      const stream = streamConfig(findings);
      const unread = Object.keys(streamKeys).some(
        (key) => has(key as keyof typeof streamKeys) && given[key as keyof typeof streamKeys] === undefined,
      );
      if (!unread && !canEnd(stream)) {
        refuse(
          "response_mode",
          "a stream needs something that ends it: set http.sse_terminal_events, http.sse_terminal_data, or http.sse_status_path with http.sse_terminal_states",
        );
      }
      return { ...request, stream };
    }
    for (const key of Object.keys(streamKeys)) {
      if (has(key as keyof typeof streamKeys)) refuse(key, 'only http.response_mode "sse" has a use for it');
    }
    return { ...request, stream: null };
  });
}
