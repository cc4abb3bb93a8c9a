import { closeSync, constants, fstatSync, fsyncSync, openSync, write as writeCallback } from "node:fs";
import { promisify } from "node:util";
import type { OutputSink } from "@xrt/contracts";

const writeSome = promisify(writeCallback);

/** A run's stdout or stderr: a file opened for appending, written by a child through `fd` or by a runner through `write`. */
export class OutputFile implements OutputSink {
  readonly path: string;
  readonly fd: number;
  #sealed = false;
  #closed = false;
  #pending = 0;
  readonly #done = (): void => {
    this.#pending -= 1;
  };
  #last: Promise<void> = Promise.resolve();
  #writable: WritableStream<Uint8Array> | undefined;

  constructor(path: string) {
    this.path = path;
    // O_EXCL: the run directory is new, so whatever is there already was planted.
    this.fd = openSync(
      path,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL,
      0o600,
    );
  }

  write(chunk: Uint8Array | string): Promise<void> {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
    this.#pending += 1;
    const written = this.#last.then(() => this.#append(bytes));
    // The next write waits for this one but does not fail with it: each caller hears of its own.
    this.#last = written.then(this.#done, this.#done);
    return written;
  }

  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= new WritableStream({ write: (chunk) => this.write(chunk) });
    return this.#writable;
  }

  /** Bytes in the file now. */
  size(): number {
    return fstatSync(this.fd).size;
  }

  /** Whether a write is under way: closing would take the descriptor from under it. */
  get busy(): boolean {
    return this.#pending > 0;
  }

  /** Waits for what was written so far, then refuses more; resolves when the descriptor is out of use. */
  async seal(): Promise<void> {
    await this.#last;
    this.#sealed = true;
    await this.#last;
  }

  /** Only once no write is under way. */
  close(durable: boolean): void {
    if (this.#closed) return;
    this.#sealed = true;
    this.#closed = true;
    try {
      if (durable) fsyncSync(this.fd);
    } finally {
      closeSync(this.fd);
    }
  }

  async #append(bytes: Uint8Array): Promise<void> {
    let offset = 0;
    while (offset < bytes.byteLength) {
      if (this.#sealed) throw new Error(`${this.path} is closed: the run has ended`);
      const { bytesWritten } = await writeSome(this.fd, bytes, offset, bytes.byteLength - offset, null);
      offset += bytesWritten;
    }
  }
}
