import { closeSync, openSync, readFileSync, write as writeCallback } from "node:fs";
import { promisify } from "node:util";
import type { OutputSink } from "@xrt/contracts";

const writeSome = promisify(writeCallback);

/** A run's stdout or stderr: a real file, opened for appending. */
export class OutputFile implements OutputSink {
  readonly path: string;
  readonly fd: number;
  readonly #onLate: (what: string) => void;
  #open = true;
  #sealed = false;
  #last: Promise<void> = Promise.resolve();
  #writable: WritableStream<Uint8Array> | undefined;

  constructor(path: string, onLate: (what: string) => void) {
    this.path = path;
    this.fd = openSync(path, "a", 0o600);
    this.#onLate = onLate;
  }

  write(chunk: Uint8Array | string): Promise<void> {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
    if (this.#sealed) {
      this.#onLate(`${bytes.byteLength} bytes for ${this.path}`);
      return refuse(`${this.path} is closed: the run has ended`);
    }
    const written = this.#last.then(() => this.#append(bytes));
    // The next write waits for this one but does not fail with it: each caller hears of its own.
    this.#last = written.catch(() => undefined);
    return written;
  }

  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= new WritableStream({ write: (chunk) => this.write(chunk) });
    return this.#writable;
  }

  /** What is in the file now. */
  bytes(): Buffer {
    return readFileSync(this.path);
  }

  /** Refuses more from here on. */
  seal(): void {
    this.#sealed = true;
  }

  /** Once what was written is in the file: its descriptor's number may be another file's at once. */
  async close(): Promise<void> {
    this.seal();
    await this.#last;
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.fd);
  }

  async #append(bytes: Uint8Array): Promise<void> {
    let offset = 0;
    while (offset < bytes.byteLength) {
      const { bytesWritten } = await writeSome(this.fd, bytes, offset, bytes.byteLength - offset, null);
      offset += bytesWritten;
    }
  }
}

function refuse(message: string): Promise<void> {
  const refused = Promise.reject<void>(new Error(message));
  // A runner that does not wait for its write is caught by the record of it, not by an unhandled rejection.
  refused.catch(() => undefined);
  return refused;
}
