import { startOfInput, type Origin } from "../input/origin.ts";
import { sizeLimit } from "../input/size-limit.ts";

/** A line without its line feed; `bytes` is null for one that is larger than `sizeLimit`, which is not kept. */
export interface Line {
  readonly bytes: Uint8Array | null;
  readonly origin: Origin;
}

const lineFeed = 0x0a;

/** Cuts a stream of bytes into lines, of which at most one is in memory. */
export class LineSplitter {
  #origin: Origin = startOfInput;
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** The lines that this chunk ends. */
  *push(chunk: Uint8Array): Generator<Line> {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      this.#add(chunk.subarray(start, end));
      yield this.#take();
      start = end + 1;
    }
    this.#add(chunk.subarray(start));
  }

  /** What follows the last line feed, where there is anything. */
  *end(): Generator<Line> {
    if (this.#size > 0) yield this.#take();
  }

  #add(piece: Uint8Array): void {
    this.#size += piece.length;
    if (this.#size > sizeLimit) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
  }

  #take(): Line {
    const bytes = this.#size > sizeLimit ? null : Buffer.concat(this.#pieces);
    const line = { bytes, origin: this.#origin };
    this.#origin = { line: this.#origin.line + 1, byte: this.#origin.byte + this.#size + 1 };
    this.#pieces = [];
    this.#size = 0;
    return line;
  }
}
