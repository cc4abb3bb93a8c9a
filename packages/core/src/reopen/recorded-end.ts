import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { RunEvent } from "@xrt/contracts";
import { parseEvent } from "../events/read-events.ts";
import { messageOf } from "../system-error.ts";

/** Bytes of `events.ndjson` that are looked at behind the size of a result: what a program's survivors may have added. */
const slackBytes = 1024 * 1024;
const mostBytes = 64 * 1024 * 1024;

export type FinishedEvent = Extract<RunEvent, { type: "finished" }>;

/**
 * How a run ended, as its events tell. A runtime writes that, with the result, before it gives `result.json` its name: a
 * `result.json` without it was put there by the run's own program.
 */
export class RecordedEnd {
  readonly #path: string;
  readonly #invocationId: string;
  #found: FinishedEvent | null = null;
  #looked = -1;

  constructor(path: string, invocationId: string) {
    this.#path = path;
    this.#invocationId = invocationId;
  }

  /**
   * Null while it goes on. Reads only where the file has changed its size since the last call. `resultBytes` is how large
   * `result.json` is, which the event is no larger than. Throws where the events cannot be read, or are gone or replaced.
   */
  look(resultBytes: number): FinishedEvent | null {
    if (this.#found !== null) return this.#found;
    const fd = this.#open();
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) throw new Error(`${this.#path} is not a regular file`);
      if (stats.size === this.#looked) return null;
      this.#looked = stats.size;
      const end = Buffer.alloc(Math.min(stats.size, resultBytes + slackBytes, mostBytes));
      const read = readSync(fd, end, 0, end.length, stats.size - end.length);
      this.#found = this.#findIn(end.toString("utf8", 0, read));
      return this.#found;
    } finally {
      closeSync(fd);
    }
  }

  #open(): number {
    try {
      return openSync(this.#path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      // Without the system's code, which would tell of `result.json` to whoever asks for that.
      throw new Error(`nothing else tells that the run has ended: ${messageOf(error)}`, { cause: error });
    }
  }

  #findIn(text: string): FinishedEvent | null {
    // What follows the last line's end is still being written.
    const lines = text.split("\n").slice(0, -1);
    for (const line of lines) {
      const event = line.includes('"finished"') ? parseEvent(line) : undefined;
      if (event?.type === "finished" && event.invocation_id === this.#invocationId) return event;
    }
    return null;
  }
}
