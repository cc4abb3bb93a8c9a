import type { Started } from "../start/started.ts";

/** Both streams of a process, as far as they are captured. */
export function captureOutput(
  { stdout, stderr }: Pick<Started, "stdout" | "stderr">,
  mostBytes: number,
): {
  read(abandon: boolean): Promise<{ readonly texts: readonly [string, string]; readonly truncated: boolean }>;
} {
  const [out, err] = [stdout, stderr].map((stream) =>
    stream === null ? undefined : new CapturedOutput(stream, mostBytes),
  );
  return {
    async read(abandon) {
      const texts = await Promise.all([out?.text(abandon) ?? "", err?.text(abandon) ?? ""]);
      return { texts, truncated: out?.truncated === true || err?.truncated === true };
    },
  };
}

/** What a process writes into one of its streams, as far as it is kept. */
class CapturedOutput {
  readonly #chunks: Buffer[] = [];
  readonly #mostBytes: number;
  readonly #stream: NodeJS.ReadableStream;
  readonly #ended: Promise<void>;
  #bytes = 0;
  #truncated = false;

  constructor(stream: NodeJS.ReadableStream, mostBytes: number) {
    this.#mostBytes = mostBytes;
    this.#stream = stream;
    stream.on("data", (chunk: Buffer) => this.#keep(chunk));
    this.#ended = new Promise((resolve) => {
      stream.once("close", resolve);
    });
    // A pipe whose other end is gone: what it held has been read.
    stream.on("error", () => undefined);
  }

  get truncated(): boolean {
    return this.#truncated;
  }

  /** All that was kept, once the last writer is gone; with `abandon` as much as is there when nothing comes any more. */
  async text(abandon: boolean): Promise<string> {
    if (abandon) await this.#untilQuiet();
    await this.#ended;
    return Buffer.concat(this.#chunks).toString("utf8");
  }

  #keep(chunk: Buffer): void {
    const kept = chunk.subarray(0, Math.max(0, this.#mostBytes - this.#bytes));
    if (kept.length < chunk.length) this.#truncated = true;
    if (kept.length > 0) this.#chunks.push(kept);
    this.#bytes += chunk.length;
  }

  /** Somebody who was left alive holds the other end, and may do so for ever. */
  async #untilQuiet(): Promise<void> {
    for (let before = -1; before !== this.#bytes;) {
      before = this.#bytes;
      await new Promise((resolve) => {
        setTimeout(resolve, quietMs);
      });
    }
    (this.#stream as NodeJS.ReadableStream & { destroy(): void }).destroy();
  }
}

/** Milliseconds without a byte after which everything that the process itself wrote has been read. */
const quietMs = 20;
