/** Where a secret is: a variable of the invocation's environment, or a file that the host allows. */
export type SecretReference = `env:${string}` | `file:${string}`;

/** What a request of either kind is made of. */
export interface HttpRequest {
  url: string | URL;
  /** Default POST. */
  method?: string | undefined;
  /** Any JSON value. For a form: an object of strings, numbers and arrays of them. */
  body?: unknown;
  /** Default `json`. */
  bodyFormat?: "json" | "form" | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as `Authorization: Bearer …`. */
  bearer?: SecretReference | undefined;
  /** Headers whose whole value is a secret, by name. */
  secretHeaders?: Readonly<Record<string, SecretReference>> | undefined;
  /** Narrows what the host allows. */
  redirect?: "error" | "same-origin" | "follow" | undefined;
  /** Decoded bytes. */
  maxBodyBytes?: number | undefined;
  /** `auto`: the run's own id. */
  idempotencyKey?: string | undefined;
}

/** How a stream of server-sent events ends. */
export interface EventStream {
  terminalEvents?: readonly string[] | undefined;
  successEvents?: readonly string[] | undefined;
  /** The data that ends it as a success: `[DONE]`. */
  terminalData?: string | undefined;
  statusPath?: string | undefined;
  terminalStates?: readonly string[] | undefined;
  successStates?: readonly string[] | undefined;
  /** Seconds without a byte. Default 60. */
  idleSeconds?: number | undefined;
  /** Broken connections in a row. Default 5. */
  maxReconnects?: number | undefined;
}

/** What `httpMetadata` takes. */
export interface HttpInvocation extends HttpRequest {
  /** The response is a stream of events (`http.response_mode=sse`). */
  events?: EventStream | undefined;
}

/** The metadata of an invocation of kind `http`. Throws TypeError for a body that is not JSON. */
export function httpMetadata({ events, ...request }: HttpInvocation): Record<string, string> {
  return {
    ...requestMetadata(request),
    ...(events === undefined ? {} : { "http.response_mode": "sse", ...streamMetadata(events) }),
  };
}

export function requestMetadata(request: HttpRequest): Record<string, string> {
  const { body, headers, secretHeaders = {} } = request;
  const secrets = Object.entries(secretHeaders).map(([name, source]) => [
    `http.secret_header.${name}`,
    source,
  ]);
  return {
    ...present({
      url: String(request.url),
      method: request.method,
      body: body === undefined ? undefined : jsonText(body),
      body_format: request.bodyFormat,
      headers: headers === undefined ? undefined : JSON.stringify(headers),
      "auth.bearer": request.bearer,
      redirect: request.redirect,
      max_body_bytes: request.maxBodyBytes,
      idempotency_key: request.idempotencyKey,
    }),
    ...(Object.fromEntries(secrets) as Record<string, string>),
  };
}

export function streamMetadata(events: EventStream): Record<string, string> {
  return present({
    sse_terminal_events: events.terminalEvents,
    sse_success_events: events.successEvents,
    sse_terminal_data: events.terminalData,
    sse_status_path: events.statusPath,
    sse_terminal_states: events.terminalStates,
    sse_success_states: events.successStates,
    sse_idle_seconds: events.idleSeconds,
    sse_max_reconnects: events.maxReconnects,
  });
}

type Entry = string | number | boolean | readonly (string | number)[] | undefined;

/** What is given, as text under `http.`. */
export function present(entries: Readonly<Record<string, Entry>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(entries)) {
    if (value === undefined) continue;
    texts[`http.${key}`] = Array.isArray(value)
      ? value.join(",")
      : decimal(value as string | number | boolean);
  }
  return texts;
}

/** Without an exponent, which `String` chooses for small and large numbers. */
function decimal(value: string | number | boolean): string {
  if (typeof value !== "number" || !/e/.test(String(value))) return String(value);
  return value.toFixed(9).replace(/\.?0+$/, "");
}

/** A template or a JSON text that stays text is written by the caller. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`a body must be a JSON value, got ${typeof value}`);
  return text;
}
