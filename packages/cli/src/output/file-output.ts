import { write } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { systemErrorCode } from "../system-error.ts";
import { describeWriteError } from "./describe-write-error.ts";
import type { Output } from "./output.ts";

const writeAsync = promisify(write);

/** How long to leave a stopped terminal alone before it is tried again, in milliseconds. */
const retryAfter = 20;

/** A file, a device, or a terminal, which are written to in a thread. */
export class FileOutput implements Output {
  readonly #descriptor: 1 | 2;
  readonly #fd: number;
  #last: Promise<void> = Promise.resolve();

  /** `fd` leads to the same file as `descriptor`, which messages name. */
  constructor(descriptor: 1 | 2, fd: number) {
    this.#descriptor = descriptor;
    this.#fd = fd;
  }

  write(chunk: Uint8Array | string): Promise<void> {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    this.#last = this.#last.then(() => this.#writeAll(bytes));
    return this.#last;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      try {
        // Position null: where the file's own offset is, which `>>` and other writers of the same file move.
        const { bytesWritten } = await writeAsync(this.#fd, bytes, written, bytes.length - written, null);
        written += bytesWritten;
      } catch (error) {
        if (systemErrorCode(error) !== "EAGAIN") throw describeWriteError(this.#descriptor, error);
        await delay(retryAfter);
      }
    }
  }
}
