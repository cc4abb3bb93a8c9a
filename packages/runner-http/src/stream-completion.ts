import type { Artifact } from "@xrt/contracts";
import { sendCall, type AsyncRun, type RemoteRun, type Terminal } from "./async-run.ts";
import { EventRecord } from "./event-record.ts";
import { followStream } from "./event-stream.ts";
import { Fault } from "./fault.ts";
import type { StreamEnd } from "./judge-event.ts";
import { pollToEnd } from "./poll.ts";
import { parseJson } from "./read-json.ts";
import type { HttpResponse } from "./send-request.ts";
import { openStream } from "./stream-response.ts";

/** Follows the run's stream of events (`http.completion=stream`), and polls where it ends without having told the end. */
export async function streamToEnd(
  run: AsyncRun,
  remote: RemoteRun,
  signal: AbortSignal,
  artifacts: Artifact[],
): Promise<Terminal> {
  run.report.phase = "stream";
  const record = new EventRecord(run.context);
  let end: StreamEnd | undefined;
  try {
    end = await follow(run, remote, record, signal);
  } catch (error) {
    if (!(error instanceof Fault) || error.details.transient !== true || remote.pollUrl === null) throw error;
    warnOfLostStream(run, error);
  } finally {
    artifacts.push(...record.finish(run.report));
  }
  if (end !== undefined) return terminalOf(run, end);
  if (remote.pollUrl !== null) return pollToEnd(run, remote, signal);
  const sentence =
    run.config.streamUrl === null
      ? "the kickoff's response is no stream of events, and no URL of one is known; set http.stream_url_template"
      : "the stream ended without a terminal event, and there is no URL to poll";
  throw new Fault("remote_failed", sentence);
}

export function warnOfLostStream({ context }: AsyncRun, { message }: Fault): void {
  context.emit({ type: "warning", code: "stream_lost", message: `${message}; polling instead` });
}

/** Opens the run's stream of events at `url`. Throws Fault for an answer that is none. */
export function openRunStream(
  run: AsyncRun,
  url: URL,
  lastId: string,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const call = { url, method: "GET", body: null, accept: "text/event-stream" };
  return openStream((headers) => sendCall(run, { ...call, headers }, signal), lastId, run.report);
}

async function follow(
  run: AsyncRun,
  remote: RemoteRun,
  record: EventRecord,
  signal: AbortSignal,
): Promise<StreamEnd | undefined> {
  const { config } = run;
  const url = config.streamUrl?.expand(remote.runId);
  if (url === undefined) return undefined;
  const source = {
    reconnectAtEnd: remote.pollUrl === null,
    mayReconnect: () => true,
    connect: (lastId: string) => openRunStream(run, url, lastId, signal),
  };
  return followStream(
    source,
    config.stream,
    { record, raw: null, maxBytes: Number.POSITIVE_INFINITY },
    signal,
  );
}

export function terminalOf({ report }: AsyncRun, { meaning, state, event }: StreamEnd): Terminal {
  report.remoteStatus = state;
  return { meaning, state, document: Buffer.from(event.data), value: parseJson(event.data)?.value };
}
