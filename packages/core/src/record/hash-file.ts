import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { monotonicMs } from "../clock.ts";

const chunkBytes = 1024 * 1024;

/** What hashing may cost a run altogether: an artifact may be enormous, and a result must not wait for it. */
export class HashBudget {
  #bytes: number;
  readonly #end: number;

  constructor(bytes = 2 * 1024 ** 3, ms = 5000) {
    this.#bytes = bytes;
    this.#end = monotonicMs() + ms;
  }

  /** False for a file larger than what is left: then nothing is spent on it, and smaller ones still get their hash. */
  take(bytes: number): boolean {
    if (bytes > this.#bytes) return false;
    this.#bytes -= bytes;
    return true;
  }

  get late(): boolean {
    return monotonicMs() >= this.#end;
  }
}

export interface FileFacts {
  readonly size: number;
  /** Null when the budget does not reach to the end of the file. */
  readonly sha256: string | null;
}

/** Size and SHA-256 of a regular file; undefined when it is something else. Never waits for a pipe, never follows a link. */
export async function hashFile(path: string, budget: HashBudget): Promise<FileFacts | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return undefined;
    if (!budget.take(stats.size)) return { size: stats.size, sha256: null };
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(stats.size, 1)));
    // As many bytes as there were: a file that grows while it is read would never end.
    for (let left = stats.size; left > 0;) {
      if (budget.late) return { size: stats.size, sha256: null };
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, left));
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return { size: stats.size, sha256: hash.digest("hex") };
  } finally {
    await file.close();
  }
}
