import { showValue } from "@xrt/contracts";
import { redirectModes, type HostSettings, type RedirectMode } from "../options.ts";
import type { SecretHeader } from "../secret-source.ts";
import { contentTypes, encodeBody } from "./body.ts";
import type { Findings } from "./key-table.ts";
import { readChoice, readCount, reading, readMethod, readUrl, Refusal } from "./reading.ts";

/** The first request of either kind. */
export interface RequestConfig {
  readonly url: URL;
  readonly method: string;
  /** Encoded; null: the payload, if there is one. */
  readonly body: string | null;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secretHeaders: readonly SecretHeader[];
  /** Secrets that the host let stand in plain text. */
  readonly inlineSecrets: readonly string[];
  readonly redirect: RedirectMode;
  /** Decoded bytes; Infinity without a limit. */
  readonly maxBodyBytes: number;
  /** `auto`: the run's own id. */
  readonly idempotencyKey: string | null;
}

/** The keys of the first request. */
export function requestKeys(host: HostSettings) {
  return {
    url: reading(readUrl),
    method: reading(readMethod),
    body: reading((text) => text),
    body_format: reading((text) => readChoice(["json", "form"] as const, text)),
    redirect: reading((text) => narrowRedirect(host.redirect, text)),
    max_body_bytes: reading((text) => readCount(1, text)),
    idempotency_key: reading(readIdempotencyKey),
  };
}

/** What the keys come to; `url` is a stand-in where it was refused. */
export function requestConfig(
  { given, headers, has, refuse }: Findings<ReturnType<typeof requestKeys>>,
  host: HostSettings,
): RequestConfig {
  if (!has("url")) {
    refuse("url", "missing metadata['http.url']: expected the URL to send the request to");
  }
  const format = given.body_format ?? "json";
  // With a format that was refused there is nothing to check the body against.
  const unread = given.body === undefined || (has("body_format") && given.body_format === undefined);
  const body = unread ? null : encodeBody(given.body ?? "", format);
  if (body instanceof Refusal) refuse("body", body.sentence);
  return {
    url: given.url ?? new URL("http://refused.invalid"),
    method: given.method ?? "POST",
    body: body instanceof Refusal ? null : body,
    contentType: contentTypes[format],
    headers: headers.plain,
    secretHeaders: headers.secret,
    inlineSecrets: headers.inlineSecrets,
    redirect: given.redirect ?? host.redirect,
    maxBodyBytes: given.max_body_bytes ?? Number.POSITIVE_INFINITY,
    idempotencyKey: given.idempotency_key ?? null,
  };
}

function narrowRedirect(host: RedirectMode, text: string): RedirectMode | Refusal {
  const chosen = readChoice(redirectModes, text);
  if (chosen instanceof Refusal || redirectModes.indexOf(chosen) <= redirectModes.indexOf(host))
    return chosen;
  return new Refusal(
    `the host allows ${showValue(host)} at most, so ${showValue(chosen)} would widen it; have the host set redirect: ${showValue(chosen)}`,
  );
}

function readIdempotencyKey(text: string): string | Refusal {
  if (/^[\u0021-\u007e]{1,255}$/.test(text)) return text;
  return new Refusal(
    `expected "auto", or a key of at most 255 visible ASCII characters, got ${showValue(text)}`,
  );
}
