import { backoffMs } from "./backoff.ts";
import { tooLarge, type SavedBody } from "./body-to-file.ts";
import { decodeBody } from "./decode-body.ts";
import { eachChunk } from "./each-chunk.ts";
import type { EventRecord } from "./event-record.ts";
import { Fault } from "./fault.ts";
import { judgeEvent, type StreamEnd } from "./judge-event.ts";
import type { StreamConfig } from "./metadata/stream-keys.ts";
import { networkFault } from "./network-error.ts";
import { discard, type HttpResponse } from "./send-request.ts";
import { sleep } from "./sleep.ts";
import { EventReader, type ServerSentEvent } from "./sse-events.ts";

/** Milliseconds before a broken connection is made again, at first, where the server names no other. */
const reconnectBaseMs = 500;

export interface StreamSource {
  /** Opens a connection; `lastId` is empty on the first. A response that is no stream of events throws Fault. */
  connect(lastId: string): Promise<HttpResponse>;
  /** Whether a connection that broke may be made again. */
  mayReconnect(lastId: string): boolean;
  /** Whether one that ended in order may. */
  readonly reconnectAtEnd: boolean;
}

export interface StreamSinks {
  readonly record: EventRecord;
  /** The bytes as they came; null to keep the events alone. */
  readonly raw: SavedBody | null;
  readonly maxBytes: number;
  /** Sees the events; a promise that it returns holds the stream. */
  readonly see?: (events: readonly ServerSentEvent[]) => Promise<void> | undefined;
}

/**
 * Reads a stream to the event that ends it, over as many connections as it takes. Undefined when it ended without one.
 * Throws Fault when it broke and cannot be taken up again, or the signal's reason.
 */
export async function followStream(
  source: StreamSource,
  config: StreamConfig,
  sinks: StreamSinks,
  signal: AbortSignal,
): Promise<StreamEnd | undefined> {
  let reader = new EventReader();
  for (let broken = 0; ;) {
    const before = sinks.record.count;
    let failure: Fault | undefined;
    try {
      const response = await source.connect(reader.lastId);
      if (response.statusCode === 204) {
        // The server wants no more connections.
        discard(response.body);
        return undefined;
      }
      const end = await readConnection(response, reader, config, sinks, signal);
      if (end !== undefined) return end;
      if (!source.reconnectAtEnd) return undefined;
    } catch (error) {
      if (!(error instanceof Fault) || error.details.transient !== true) throw error;
      failure = error;
    }
    broken = sinks.record.count > before ? 1 : broken + 1;
    if (broken > config.maxReconnects || !source.mayReconnect(reader.lastId)) {
      if (failure === undefined) return undefined;
      throw failure;
    }
    await sleep(
      reader.retryMs ?? failure?.details.retryAfterMs ?? backoffMs(broken, reconnectBaseMs),
      signal,
    );
    reader = new EventReader(reader.lastId);
  }
}

/** Reads one connection, to the event that ends the run or to its own end. */
async function readConnection(
  response: HttpResponse,
  reader: EventReader,
  config: StreamConfig,
  sinks: StreamSinks,
  signal: AbortSignal,
): Promise<StreamEnd | undefined> {
  const body = decodeBody(response.body, response.headers["content-encoding"]);
  const seconds = config.idleMs / 1000;
  const idle = setTimeout(() => {
    const message = `the stream was silent for ${seconds} seconds, the limit of http.sse_idle_seconds`;
    body.destroy(new Fault("idle", message, { status: "timed_out", transient: true }));
  }, config.idleMs);
  let end: StreamEnd | undefined;
  try {
    await eachChunk(body, (chunk) => {
      // Heartbeats are bytes too. What follows the end is of no interest.
      idle.refresh();
      if (end !== undefined) return undefined;
      const taken = take(chunk, reader, config, sinks);
      end = taken.end;
      if (end !== undefined) body.destroy();
      return taken.hold;
    });
  } catch (error) {
    if (end === undefined) throw signal.aborted ? error : networkFault(error, response.url);
  } finally {
    clearTimeout(idle);
    await sinks.raw?.flush();
  }
  return end;
}

/** The events of a chunk, up to the one that ends the run; `hold` when the files need time. */
function take(
  chunk: Buffer,
  reader: EventReader,
  config: StreamConfig,
  { record, raw, maxBytes, see }: StreamSinks,
): { end: StreamEnd | undefined; hold: Promise<unknown> | undefined } {
  if (raw !== null && raw.bytes + chunk.byteLength > maxBytes) throw tooLarge(maxBytes);
  const hold = raw?.take(chunk);
  const events = reader.read(chunk);
  let end: StreamEnd | undefined;
  const last = events.findIndex((event) => {
    end = judgeEvent(event, config);
    return end !== undefined;
  });
  const kept = last === -1 ? events : events.slice(0, last + 1);
  record.add(kept);
  const seen = see?.(kept);
  return { end, hold: seen === undefined ? hold : Promise.all([hold, seen]) };
}
