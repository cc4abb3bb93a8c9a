import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { OutputSink } from "@xrt/contracts";
import { eachChunk } from "./each-chunk.ts";
import { Fault } from "./fault.ts";

/** Of a body that is not a success this much is looked at for the error's sentence. */
const headBytes = 65_536;

/** Bytes that may wait for the file before the body has to. */
const mostWaiting = 1024 * 1024;

/** A response body as far as it has come, in the run's stdout file. */
export class SavedBody {
  readonly #hash = createHash("sha256");
  readonly #sink: OutputSink;
  readonly #head: Uint8Array[] = [];
  #headLength = 0;
  #bytes = 0;
  #sha256: string | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #handover: PromiseWithResolvers<void> | undefined;
  #failure: Fault | undefined;

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  /** Decoded. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of what is in the file; no more can be appended once it is asked for. */
  get sha256(): string {
    this.#sha256 ??= this.#hash.digest("hex");
    return this.#sha256;
  }

  /** The first bytes; all of them where `cut` is false. */
  get head(): { readonly bytes: Buffer; readonly cut: boolean } {
    return { bytes: Buffer.concat(this.#head), cut: this.#bytes > this.#headLength };
  }

  /** Takes a chunk, and returns a promise to wait for when too many are waiting for the file. Throws what writing failed with. */
  take(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.byteLength;
    this.#writing ??= this.#write();
    // While another thread writes.
    this.#hash.update(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#headLength < headBytes) {
      const part = Buffer.from(chunk.subarray(0, headBytes - this.#headLength));
      this.#head.push(part);
      this.#headLength += part.byteLength;
    }
    if (this.#waitingBytes <= mostWaiting) return undefined;
    this.#handover ??= Promise.withResolvers();
    return this.#handover.promise;
  }

  /** Resolves when all that was taken is in the file. Throws Fault when it could not be written. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Reads a body to its end. Throws Fault beyond `maxBytes`, and what the body is destroyed with. */
  async save(body: Readable, maxBytes: number): Promise<void> {
    try {
      await eachChunk(body, (chunk) => {
        const room = maxBytes - this.#bytes;
        if (chunk.byteLength <= room) return this.take(chunk);
        void this.take(chunk.subarray(0, room));
        throw tooLarge(maxBytes);
      });
    } finally {
      await this.flush();
    }
  }

  /** Writes whatever is waiting, as one piece: the faster it comes, the larger the pieces. Never rejects. */
  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const [only = new Uint8Array(), ...more] = this.#waiting;
        const piece = more.length === 0 ? only : Buffer.concat(this.#waiting, this.#waitingBytes);
        this.#waiting = [];
        this.#waitingBytes = 0;
        const written = this.#sink.write(piece);
        // The body goes on while this piece is written.
        this.#letIn();
        await written;
      }
    } catch (error) {
      this.#failure = storageFault(error, this.#sink.path);
    }
    this.#writing = undefined;
    this.#letIn();
  }

  #letIn(): void {
    this.#handover?.resolve();
    this.#handover = undefined;
  }
}

export function tooLarge(maxBytes: number): Fault {
  return new Fault(
    "limit_exceeded",
    `the response body is larger than the ${maxBytes} decoded bytes of http.max_body_bytes; raise it, or ask for less`,
  );
}

function storageFault(error: unknown, path: string): Fault {
  const message = error instanceof Error ? error.message : String(error);
  return new Fault("storage", `the response body cannot be kept in ${path}: ${message}`, { cause: error });
}
