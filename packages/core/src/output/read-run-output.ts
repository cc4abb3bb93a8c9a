import { showValue } from "@xrt/contracts";
import { followFile } from "./follow-file.ts";
import { outputPath, type StreamName } from "./output-progress.ts";
import type { OutputOptions } from "../run.ts";
import type { RunSource } from "../run-source.ts";

/** A run's output, as it comes; nothing where the run has no directory. Throws RangeError for an offset that is none. */
export function readRunOutput(
  directory: string | null,
  stream: StreamName,
  options: OutputOptions,
  source: RunSource,
): ReadableStream<Uint8Array> {
  const { from = 0, follow = true } = options;
  if (!Number.isSafeInteger(from) || from < 0)
    throw new RangeError(`from: expected an offset in bytes, 0 or more, got ${showValue(from)}`);
  if (directory === null) return ReadableStream.from<Uint8Array>([]);
  const following = follow ? source : { ...source, ended: () => true };
  return ReadableStream.from<Uint8Array>(followFile(outputPath(directory, stream), from, following));
}
