import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { OutputSink } from "@xrt/contracts";
import { Fault } from "./fault.ts";

/** Of a body that is not a success this much is looked at for the error's sentence. */
const headBytes = 65_536;

/** A response body as far as it has come, in the run's stdout file. */
export class SavedBody {
  readonly #hash = createHash("sha256");
  readonly #sink: OutputSink;
  readonly #head: Uint8Array[] = [];
  #headLength = 0;
  #bytes = 0;
  #sha256: string | undefined;

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

  /** Resolves when the bytes are in the file. */
  append(chunk: Uint8Array): Promise<void> {
    const written = this.#sink.write(chunk);
    // Meanwhile, on this thread.
    this.#hash.update(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#headLength < headBytes) {
      const part = Buffer.from(chunk.subarray(0, headBytes - this.#headLength));
      this.#head.push(part);
      this.#headLength += part.byteLength;
    }
    return written.catch((error: unknown) => {
      throw storageFault(error, this.#sink.path);
    });
  }

  /** Reads a body to its end. Throws Fault beyond `maxBytes`, and what the body is destroyed with. */
  async save(body: Readable, maxBytes: number): Promise<void> {
    let writing: Promise<void> = Promise.resolve();
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        const room = maxBytes - this.#bytes;
        await writing;
        writing = this.append(chunk.byteLength > room ? chunk.subarray(0, room) : chunk);
        // Whoever awaits it next hears of a failure; without one it would count as unhandled meanwhile.
        writing.catch(() => undefined);
        if (chunk.byteLength > room) throw tooLarge(maxBytes);
      }
    } finally {
      await writing;
    }
  }
}

export function tooLarge(maxBytes: number): Fault {
  return new Fault(
    "limit_exceeded",
    `the response body is larger than the ${maxBytes} decoded bytes of http.max_body_bytes; raise it, or ask for less`,
  );
}

function storageFault(error: unknown, path: string): Fault {
  const code = (error as { code?: unknown } | null)?.code;
  const message = error instanceof Error ? error.message : String(error);
  return new Fault("storage", `the response body cannot be kept in ${path}: ${message}`, {
    cause: error,
    statusCode: undefined,
    ...(code === "EAGAIN" ? { transient: true } : {}),
  });
}
