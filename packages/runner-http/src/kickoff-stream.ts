import type { Artifact } from "@xrt/contracts";
import type { AsyncRun, RemoteRun, Terminal } from "./async-run.ts";
import { EventRecord } from "./event-record.ts";
import { followStream, type StreamSource } from "./event-stream.ts";
import { Fault } from "./fault.ts";
import { valueAt } from "./json-path.ts";
import type { StreamEnd } from "./judge-event.ts";
import { remoteOf } from "./kickoff.ts";
import { pollToEnd } from "./poll.ts";
import { parseJson } from "./read-json.ts";
import { readRunId } from "./run-id.ts";
import type { HttpResponse } from "./send-request.ts";
import type { ServerSentEvent } from "./sse-events.ts";
import { openRunStream, terminalOf, warnOfLostStream } from "./stream-completion.ts";

/** Tells which run it is, as soon as that is known. */
export type Found = (remote: RemoteRun) => Promise<void>;

/**
 * Follows the stream of events that is the kickoff's own response. The run id is in the first event that has
 * `http.poll_run_id_path`. Throws Fault, or the signal's reason.
 */
export async function followKickoff(
  run: AsyncRun,
  response: HttpResponse,
  found: Found,
  signal: AbortSignal,
  artifacts: Artifact[],
): Promise<Terminal> {
  run.report.phase = "stream";
  const record = new EventRecord(run.context);
  const search = new RunSearch(run, response, found);
  let end: StreamEnd | undefined;
  try {
    await search.begin();
    const sinks = { record, raw: null, maxBytes: run.config.maxBodyBytes, see: search.see };
    end = await followStream(sourceOf(run, response, search, signal), run.config.stream, sinks, signal);
  } catch (error) {
    const lost = error instanceof Fault && error.details.transient === true;
    if (lost) await search.conclude();
    if (!lost || search.pollUrl === null) throw error;
    warnOfLostStream(run, error);
  } finally {
    artifacts.push(...record.finish(run.report));
  }
  if (end !== undefined) return terminalOf(run, end);
  await search.conclude();
  if (search.remote !== null && search.pollUrl !== null) return pollToEnd(run, search.remote, signal);
  throw new Fault("remote_failed", `the stream ended without a terminal event, and ${missing(run, search)}`);
}

/** The kickoff's response is there once; after that only a stream URL has the rest. */
function sourceOf(
  run: AsyncRun,
  response: HttpResponse,
  search: RunSearch,
  signal: AbortSignal,
): StreamSource {
  const { streamUrl } = run.config;
  let first = true;
  return {
    get reconnectAtEnd() {
      return streamUrl !== null && search.pollUrl === null;
    },
    mayReconnect: () => streamUrl !== null && search.remote !== null,
    connect: async (lastId) => {
      if (first || streamUrl === null) {
        first = false;
        return response;
      }
      return openRunStream(run, streamUrl.expand(search.remote?.runId ?? null), lastId, signal);
    },
  };
}

function missing({ config }: AsyncRun, { remote }: RunSearch): string {
  return remote === null
    ? `no event of it has the run id at path ${JSON.stringify(config.runIdPath)}`
    : "there is no URL to poll";
}

/** Looks for the run id in the events. */
class RunSearch {
  readonly #run: AsyncRun;
  readonly #response: HttpResponse;
  readonly #found: Found;
  /** Null until it is known. */
  remote: RemoteRun | null = null;

  constructor(run: AsyncRun, response: HttpResponse, found: Found) {
    this.#run = run;
    this.#response = response;
    this.#found = found;
  }

  get pollUrl(): URL | null {
    return this.remote?.pollUrl ?? null;
  }

  /** Where no run id is looked for, all is known at once. */
  async begin(): Promise<void> {
    if (this.#run.config.runIdPath === null) await this.#tell(null);
  }

  /** No more events come: without a run id that nothing goes by, the run is known all the same. */
  async conclude(): Promise<void> {
    if (this.remote === null && !this.#run.config.needsRunId) await this.#tell(null);
  }

  readonly see = (events: readonly ServerSentEvent[]): Promise<void> | undefined => {
    const path = this.#run.config.runIdPath;
    if (path === null || this.remote !== null) return undefined;
    for (const { data } of events) {
      const value = parseJson(data)?.value;
      if ((valueAt(value, path) ?? null) !== null) return this.#tell(readRunId(data, value, path));
    }
    return undefined;
  };

  async #tell(runId: string | null): Promise<void> {
    this.remote = remoteOf(this.#run, this.#response, runId);
    await this.#found(this.remote);
  }
}
