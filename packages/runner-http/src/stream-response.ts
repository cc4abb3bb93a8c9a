import type { Outcome, RunContext } from "@xrt/contracts";
import { SavedBody } from "./body-to-file.ts";
import { conclude, endingOf } from "./conclude.ts";
import { EventRecord } from "./event-record.ts";
import { followStream } from "./event-stream.ts";
import { Fault } from "./fault.ts";
import type { HttpConfig } from "./metadata/http-schema.ts";
import type { StreamConfig } from "./metadata/stream-keys.ts";
import { isSuccess, isTransientStatus, keepBody, readResponse, statusSentence } from "./read-response.ts";
import type { Report } from "./report.ts";
import { retryAfterMs } from "./retry-after.ts";
import { discard, type HttpRequest, type HttpResponse } from "./send-request.ts";

/** What a request needs to be answered with events. */
export interface StreamRun {
  readonly config: HttpConfig;
  readonly stream: StreamConfig;
  readonly request: HttpRequest;
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
}

/** Reads a response of server-sent events to the event that ends it (`http.response_mode=sse`). */
export async function streamResponse(
  { config, stream, request, send }: StreamRun,
  context: RunContext<HttpConfig>,
  report: Report,
  signal: AbortSignal,
): Promise<Outcome> {
  let response = await send(request);
  report.saw(response);
  if (!isSuccess(response.statusCode)) return readResponse(response, config.maxBodyBytes, context, report);
  if (response.statusCode !== 204 && !isEventStream(response)) {
    await keepBody(response, config.maxBodyBytes, context, report);
    throw notEvents(response);
  }
  report.phase = "stream";
  const record = new EventRecord(context);
  const raw = new SavedBody(context.stdout);
  report.body = raw;
  let first = true;
  const source = {
    reconnectAtEnd: true,
    // A request that may have effects is never sent twice, and without an id the events would come once more.
    mayReconnect: (lastId: string) => request.method === "GET" && lastId !== "",
    connect: async (lastId: string): Promise<HttpResponse> => {
      if (first) first = false;
      else response = await openStream((headers) => send(withHeaders(request, headers)), lastId, report);
      return response;
    },
  };
  const { statusCode } = response;
  let ending: Parameters<typeof conclude>[0];
  try {
    const end = await followStream(source, stream, { record, raw, maxBytes: config.maxBodyBytes }, signal);
    report.remoteStatus = end?.state;
    ending =
      end?.meaning === "succeeded"
        ? { status: "succeeded", exit_code: statusCode, error: null }
        : { status: end?.meaning ?? "failed", exit_code: statusCode, error: failure(end) };
  } catch (error) {
    ending = endingOf(error, report, context);
  }
  return conclude(ending, report, context, record.finish(report));
}

/** Opens a stream, from the last event on. Throws Fault for an answer that is not a stream of events. */
export async function openStream(
  send: (headers: Readonly<Record<string, string>>) => Promise<HttpResponse>,
  lastId: string,
  report: Report,
): Promise<HttpResponse> {
  const response = await send(lastId === "" ? {} : { "last-event-id": encodeId(lastId) });
  report.saw(response, "stream");
  if (response.statusCode === 204 || (isSuccess(response.statusCode) && isEventStream(response)))
    return response;
  discard(response.body);
  if (isSuccess(response.statusCode)) throw notEvents(response);
  throw new Fault("http_status", `stream ${statusSentence(response.statusCode, "")}`, {
    transient: isTransientStatus(response.statusCode),
    retryAfterMs: retryAfterMs(response.headers["retry-after"]),
    statusCode: response.statusCode,
  });
}

/** A header carries bytes: an id goes as its UTF-8, each byte as one character. */
function encodeId(id: string): string {
  return Buffer.from(id, "utf8").toString("latin1");
}

function withHeaders(request: HttpRequest, headers: Readonly<Record<string, string>>): HttpRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

export function isEventStream({ headers }: HttpResponse): boolean {
  return String(headers["content-type"] ?? "")
    .trim()
    .toLowerCase()
    .startsWith("text/event-stream");
}

function notEvents({ headers, statusCode }: HttpResponse): Fault {
  const type = String(headers["content-type"] ?? "no content type");
  return new Fault("http_status", `HTTP ${statusCode}: expected a stream of text/event-stream, got ${type}`, {
    statusCode,
  });
}

function failure(end: { readonly state: string } | undefined): NonNullable<Outcome["error"]> {
  return end === undefined
    ? { code: "remote_failed", message: "the stream ended without a terminal event" }
    : { code: "remote_failed", message: `the stream ended with ${JSON.stringify(end.state)}` };
}
