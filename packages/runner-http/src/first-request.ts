import type { Invocation, RunContext } from "@xrt/contracts";
import type { RequestConfig } from "./metadata/request-keys.ts";
import type { HostSettings } from "./options.ts";
import { inputBody, textBody, type RequestBody } from "./request-body.ts";
import { addEverySpelling, readSecretHeaders } from "./secrets.ts";

/** The caller's headers, secrets included. Throws Fault. */
export async function requestHeaders(
  config: RequestConfig,
  invocation: Invocation,
  context: RunContext<unknown>,
  host: HostSettings,
): Promise<Record<string, string>> {
  for (const secret of config.inlineSecrets) addEverySpelling(secret, context);
  const secrets =
    config.secretHeaders.length === 0
      ? {}
      : await readSecretHeaders(config.secretHeaders, invocation, context, host);
  return { ...config.headers, ...secrets };
}

/** `http.idempotency_key`: with it a request that is sent twice takes effect once. */
export function idempotencyHeader(
  { idempotencyKey }: RequestConfig,
  { runId }: Pick<RunContext, "runId">,
): Record<string, string> {
  if (idempotencyKey === null) return {};
  return { "idempotency-key": idempotencyKey === "auto" ? runId : idempotencyKey };
}

/** `http.body`, else the run's input, which GET and HEAD have no use for. */
export function requestPayload(config: RequestConfig, context: RunContext<unknown>): RequestBody | null {
  if (config.body !== null) return textBody(config.body, config.contentType);
  if (context.input === null || config.method === "GET" || config.method === "HEAD") return null;
  return inputBody(context.input, config.contentType);
}
