import { openRegularFile } from "./open-regular-file.ts";
import type { RunSource } from "../run-source.ts";

const chunkBytes = 256 * 1024;

/**
 * The bytes of a file from `from` on, until its source has ended. The reader pulls: nothing is read ahead of it.
 * A file that shrank was truncated by its writer, and is read again from its start.
 * Throws LostRunFile where the file is gone, or replaced by a link, a pipe or the like.
 */
export async function* followFile(path: string, from: number, source: RunSource): AsyncGenerator<Uint8Array> {
  const file = (await source.open?.(path)) ?? (await openRegularFile(path));
  try {
    let offset = from;
    for (;;) {
      const last = source.ended();
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, offset);
      if (bytesRead > 0) {
        offset += bytesRead;
        yield buffer.subarray(0, bytesRead);
      } else if (offset > from && (await file.stat()).size < offset) {
        offset = 0;
      } else if (last) {
        return;
      } else {
        await source.wait();
      }
    }
  } finally {
    await file.close();
  }
}
