import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import type { RunContext } from "@xrt/contracts";

/** What a request carries. */
export interface RequestBody {
  readonly contentType: string;
  /** Bytes, or null where they are not known beforehand. */
  readonly length: number | null;
  /** Whether it can be sent once more, behind a redirect. */
  readonly replayable: boolean;
  open(): string | Readable;
}

export function textBody(text: string, contentType: string): RequestBody {
  return { contentType, length: Buffer.byteLength(text), replayable: true, open: () => text };
}

/** The payload file, streamed; or the caller's own input, which can be read once. */
export function inputBody(input: NonNullable<RunContext["input"]>, contentType: string): RequestBody {
  const { path } = input;
  if (path === null) {
    return {
      contentType,
      length: null,
      replayable: false,
      open: () => Readable.fromWeb(input.stream() as Parameters<typeof Readable.fromWeb>[0]),
    };
  }
  const stats = statSync(path, { throwIfNoEntry: false });
  return {
    contentType,
    length: stats?.isFile() === true ? stats.size : null,
    replayable: stats?.isFile() === true,
    open: () => createReadStream(path),
  };
}
