import type { Run } from "@xrt/core";
import { Failure } from "../failure.ts";
import { openOutput } from "../output/open-output.ts";
import { ClosedOutput } from "../output/output.ts";

/** Bytes per write: small enough to see that a slow reader reads at all. */
const pieceBytes = 64 * 1024;

const streams = { 1: "stdout", 2: "stderr" } as const;

/** Passes one stream of a run on to ours, live, at the pace of whoever reads ours. */
export class Relay {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #movedAt = performance.now();
  #failure: Error | null = null;
  #ended = false;
  /** Resolves when everything was passed on, or nothing more can be. */
  readonly done: Promise<void>;

  /** `onClosed` is called where nobody reads ours any more. */
  constructor(run: Run, descriptor: 1 | 2, onClosed: () => void) {
    this.#reader = run.output(streams[descriptor]).getReader();
    this.done = this.#pass(descriptor, onClosed);
  }

  /** There is nothing more to pass on, or nowhere to. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Everything was passed on. */
  get complete(): boolean {
    return this.#ended && this.#failure === null;
  }

  /** Why it broke off, or null. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** When bytes last moved, on the clock of `performance.now()`. */
  get movedAt(): number {
    return this.#movedAt;
  }

  async #pass(descriptor: 1 | 2, onClosed: () => void): Promise<void> {
    const output = openOutput(descriptor);
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) break;
        for (let start = 0; start < value.length; start += pieceBytes) {
          await output.write(value.subarray(start, start + pieceBytes));
          this.#movedAt = performance.now();
        }
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Failure(String(error));
      if (error instanceof ClosedOutput) onClosed();
    } finally {
      this.#ended = true;
    }
  }
}
