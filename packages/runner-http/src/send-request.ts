import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { checkLiteral, type AllowAddress } from "./addresses.ts";
import type { Connections, Freshness } from "./connections.ts";
import { Fault } from "./fault.ts";
import { networkFault } from "./network-error.ts";
import type { RedirectMode } from "./options.ts";
import { Redirects, type Hop } from "./redirects.ts";
import type { RequestBody } from "./request-body.ts";
import { untilAborted } from "./scope.ts";

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  /** The caller's, by lower-case name; dropped where a redirect leaves the origin. */
  readonly headers: Readonly<Record<string, string>>;
  readonly accept: string;
  readonly body: RequestBody | null;
  readonly freshness: Freshness;
  readonly redirect: RedirectMode;
}

export interface HttpResponse {
  /** The URL that answered, behind all redirects. */
  readonly url: URL;
  readonly method: string;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
  readonly hops: number;
}

export interface Sender {
  readonly connections: Connections;
  readonly allowAddress: AllowAddress | undefined;
}

/** Sends a request and follows its redirects, up to the head of the response. Throws Fault, or the signal's reason. */
export async function sendRequest(
  request: HttpRequest,
  sender: Sender,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const redirects = new Redirects(request.redirect);
  let hop: Hop = {
    url: request.url,
    method: request.method,
    body: request.body !== null,
    callerHeaders: true,
  };
  for (;;) {
    const response = await sendHop(request, hop, sender, signal).catch((error: unknown) => {
      throw error instanceof Fault && redirects.hops > 0 ? error.asFailed() : error;
    });
    const { location } = response.headers;
    let next: Hop | undefined;
    try {
      next = redirects.next(hop, response.statusCode, Array.isArray(location) ? location[0] : location);
    } catch (error) {
      discard(response.body);
      throw error;
    }
    if (next === undefined) return { ...response, url: hop.url, method: hop.method, hops: redirects.hops };
    discard(response.body);
    if (next.body && request.body?.replayable === false) {
      throw new Fault(
        "http_status",
        `HTTP ${response.statusCode}: the redirect asks for the body again, which was read from a stream; name a file, or ask ${next.url.origin}${next.url.pathname} itself`,
        { statusCode: response.statusCode },
      );
    }
    hop = next;
  }
}

async function sendHop(
  request: HttpRequest,
  hop: Hop,
  { connections, allowAddress }: Sender,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  signal.throwIfAborted();
  checkLiteral(hop.url, allowAddress);
  const body = hop.body ? request.body : null;
  const opened = body?.open() ?? null;
  const sent = connections.dispatcherFor(hop.url, request.freshness).request({
    origin: hop.url.origin,
    path: `${hop.url.pathname}${hop.url.search}`,
    method: hop.method,
    headers: headersFor(request, hop, body),
    body: opened,
    signal,
  });
  try {
    // undici heeds the signal only once it is connected.
    return await untilAborted(sent, signal);
  } catch (error) {
    if (!signal.aborted) throw networkFault(error, hop.url);
    if (typeof opened === "object") opened?.destroy();
    // Its end was told by the signal; it may still come, later, as an error or as a response that nobody reads.
    sent.then(
      (response) => discard(response.body),
      () => undefined,
    );
    throw error;
  }
}

function headersFor(
  { headers, accept }: HttpRequest,
  hop: Hop,
  body: RequestBody | null,
): Record<string, string> {
  const own: Record<string, string> = { accept, "accept-encoding": "gzip, deflate, br", "user-agent": "xrt" };
  if (body !== null) {
    own["content-type"] = body.contentType;
    if (body.length !== null) own["content-length"] = String(body.length);
  }
  if (!hop.callerHeaders) return own;
  if (body !== null) return { ...own, ...headers };
  // A body that was left behind at a redirect takes its description with it.
  const rest = Object.entries(headers).filter(([name]) => !name.startsWith("content-") || hop.body);
  return { ...own, ...Object.fromEntries(rest) };
}

/** Drops a body that nobody reads, together with its connection. */
export function discard(body: Readable): void {
  // Being destroyed unread is all that there is to say.
  body.on("error", () => undefined).destroy();
}
