import { createParser } from "eventsource-parser";
import { Fault } from "./fault.ts";

/** A server-sent event, as the WHATWG format defines it. */
export interface ServerSentEvent {
  /** Its type; `message` where the server names none. */
  readonly event: string;
  readonly data: string;
  /** The last id that the stream has told up to here; empty for none. */
  readonly id: string;
}

/** Characters of one event; an endless one must not fill the memory. */
const longestEvent = 16 * 1024 * 1024;

/** Turns the bytes of a stream into events. One per connection. */
export class EventReader {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #parser: ReturnType<typeof createParser>;
  #events: ServerSentEvent[] = [];
  #lastId: string;
  #retryMs: number | undefined;
  #overflow: Fault | undefined;

  /** `lastId`: what the connection before it had come to. */
  constructor(lastId = "") {
    this.#lastId = lastId;
    this.#parser = createParser({
      maxBufferSize: longestEvent,
      onId: (id) => {
        this.#lastId = id;
      },
      onRetry: (ms) => {
        this.#retryMs = ms;
      },
      onEvent: ({ event, data }) => {
        this.#events.push({
          event: event === undefined || event === "" ? "message" : event,
          data,
          id: this.#lastId,
        });
      },
      onError: (error) => {
        // A line that is no field is ignored, as the format says.
        if (error.type === "max-buffer-size-exceeded") {
          this.#overflow = new Fault(
            "limit_exceeded",
            `an event of the stream is longer than ${longestEvent} characters`,
          );
        }
      },
    });
  }

  /** Sent as `Last-Event-ID` when the connection is made again. */
  get lastId(): string {
    return this.#lastId;
  }

  /** What the server asked for by `retry:`. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  /** The events that the bytes complete. Throws Fault when one is too long. */
  read(chunk: Uint8Array): readonly ServerSentEvent[] {
    this.#parser.feed(this.#decoder.decode(chunk, { stream: true }));
    if (this.#overflow !== undefined) throw this.#overflow;
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
