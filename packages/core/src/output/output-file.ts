import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  write as writeCallback,
  writeSync,
} from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import type { OutputSink } from "@xrt/contracts";

const writeSome = promisify(writeCallback);

/** Bytes that are written on the spot: handing so few to another thread, and hearing back, costs many times the write. */
const smallBytes = 16_384;

/** A run's stdout or stderr: a file opened for appending, written by a child through `fd` or by a runner through `write`. */
export class OutputFile implements OutputSink {
  readonly path: string;
  readonly fd: number;
  #sealed = false;
  #closed = false;
  #warned = false;
  #pending = 0;
  readonly #done = (): void => {
    this.#pending -= 1;
  };
  /** Told of the first failure, since a runner need not wait for what it writes. */
  #onFailure: ((error: unknown) => void) | undefined;
  readonly #fail = (error: unknown): void => {
    this.#done();
    this.#onFailure?.(error);
    this.#onFailure = undefined;
  };
  #last: Promise<void> = Promise.resolve();
  #writable: WritableStream<Uint8Array> | undefined;

  /** `fd`: of a file that is there already, opened for appending; without it the file is made. */
  constructor(path: string, onFailure: (error: unknown) => void, fd = makeOutput(path)) {
    this.path = path;
    this.#onFailure = onFailure;
    this.fd = fd;
  }

  write(chunk: Uint8Array | string): Promise<void> {
    if (this.#sealed) return this.#refuse();
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
    const atOnce = this.#pending === 0 && bytes.byteLength <= smallBytes;
    this.#pending += 1;
    const written = atOnce ? this.#appendNow(bytes) : this.#last.then(() => this.#append(bytes));
    // The next write waits for this one but does not fail with it: each caller hears of its own.
    this.#last = written.then(this.#done, this.#fail);
    return written;
  }

  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= new WritableStream({ write: (chunk) => this.write(chunk) });
    return this.#writable;
  }

  /**
   * The file anew, for reading: as long as we hold it, whatever has become of its name. Undefined afterwards, and where the
   * system has no such names for descriptors (Linux has: proc(5)).
   */
  async openForReading(): Promise<FileHandle | undefined> {
    if (this.#closed || process.platform !== "linux") return undefined;
    const ours = fstatSync(this.fd);
    let opened: FileHandle;
    try {
      opened = await open(`/proc/self/fd/${this.fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      // Closed in the meantime, or its permissions are gone: by its name it is found, or the error is.
      return undefined;
    }
    const { dev, ino } = await opened.stat();
    if (dev === ours.dev && ino === ours.ino) return opened;
    // Closed in the meantime, and the number is another file's by now.
    await opened.close();
    return undefined;
  }

  /** Bytes in the file now. */
  size(): number {
    return fstatSync(this.fd).size;
  }

  /** What changes when something is written, also where a program reopens and truncates the file and writes as much again. */
  mark(): { readonly size: number; readonly writtenMs: number } {
    const { size, mtimeMs } = fstatSync(this.fd);
    return { size, writtenMs: mtimeMs };
  }

  /**
   * Refuses more from here on, and resolves once what was written so far is in the file: closing under a write would
   * let it land in whatever gets the descriptor's number next. Undefined when nothing is under way, as in most runs.
   */
  seal(): Promise<void> | undefined {
    this.#sealed = true;
    return this.#pending > 0 ? this.#last : undefined;
  }

  /** Only once it is sealed and no write is under way. */
  close(durable: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (durable) fsyncSync(this.fd);
    } finally {
      closeSync(this.fd);
    }
  }

  #refuse(): Promise<void> {
    const message = `${this.path} is closed: the run has ended`;
    if (!this.#warned) process.emitWarning(`output was dropped: ${message}`, { code: "XRT_LATE_OUTPUT" });
    this.#warned = true;
    const refused = Promise.reject<void>(new Error(message));
    // A runner that did not wait has had its warning; its host is not to die of an unhandled rejection.
    refused.catch(() => undefined);
    return refused;
  }

  /** Asynchronous for its errors alone. */
  async #appendNow(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.byteLength;) offset += writeSync(this.fd, bytes, offset);
  }

  async #append(bytes: Uint8Array): Promise<void> {
    let offset = 0;
    while (offset < bytes.byteLength) {
      const { bytesWritten } = await writeSome(this.fd, bytes, offset, bytes.byteLength - offset, null);
      offset += bytesWritten;
    }
  }
}

/** O_EXCL: the run directory is new, so whatever is there already was planted. */
function makeOutput(path: string): number {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL;
  return openSync(path, flags, 0o600);
}
