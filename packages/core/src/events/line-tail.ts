import type { FileHandle } from "node:fs/promises";
import { LostRunFile, openRegularFile } from "../output/open-regular-file.ts";

const chunkBytes = 64 * 1024;
const newline = 0x0a;

/** Bytes of one line. A run may make its events one endless line, which must not become its reader's memory. */
const longestLine = 256 * 1024 * 1024;

/** Reads a growing file line by line. A last line without its end is not there yet. */
export class LineTail {
  readonly #file: FileHandle;
  #offset = 0;
  #rest: Buffer[] = [];
  #restBytes = 0;

  /** Rejects with LostRunFile where the file is not there, or something else is. */
  static async open(path: string): Promise<LineTail> {
    return new LineTail(await openRegularFile(path));
  }

  /** Undefined where the file is gone or replaced: a run can do as it likes in its own directory. */
  static async openIfThere(path: string): Promise<LineTail | undefined> {
    try {
      return await LineTail.open(path);
    } catch (error) {
      if (error instanceof LostRunFile) return undefined;
      throw error;
    }
  }

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The file ends within a line, as far as it was read. */
  get torn(): boolean {
    return this.#restBytes > 0;
  }

  /** The lines that are there beyond the last call's; none when there is nothing new. */
  async next(): Promise<string[]> {
    for (;;) {
      const { bytesRead, buffer } = await this.#file.read(
        Buffer.allocUnsafe(chunkBytes),
        0,
        chunkBytes,
        this.#offset,
      );
      if (bytesRead === 0) return [];
      this.#offset += bytesRead;
      const chunk = buffer.subarray(0, bytesRead);
      const end = chunk.lastIndexOf(newline);
      if (end === -1) {
        this.#rest.push(chunk);
        this.#restBytes += bytesRead;
        if (this.#restBytes > longestLine) throw new Error(`it has a line of more than ${longestLine} bytes`);
        continue;
      }
      const whole = Buffer.concat([...this.#rest, chunk.subarray(0, end)]).toString("utf8");
      this.#rest = [chunk.subarray(end + 1)];
      this.#restBytes = bytesRead - end - 1;
      return whole.split("\n");
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
