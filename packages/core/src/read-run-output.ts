import { followFile } from "./follow-file.ts";
import { outputPath, type StreamName } from "./output-progress.ts";
import type { OutputOptions } from "./run.ts";
import type { RunSource } from "./run-source.ts";

/** A run's output, as it comes; nothing where the run has no directory. */
export function readRunOutput(
  directory: string | null,
  stream: StreamName,
  options: OutputOptions,
  source: RunSource,
): ReadableStream<Uint8Array> {
  const { from = 0, follow = true } = options;
  if (directory === null) return ReadableStream.from<Uint8Array>([]);
  const following = follow ? source : { ...source, ended: () => true };
  return ReadableStream.from<Uint8Array>(followFile(outputPath(directory, stream), from, following));
}
