import { lstatSync } from "node:fs";
import { sep } from "node:path";

export const streams = ["stdout", "stderr"] as const;

export type StreamName = (typeof streams)[number];

/**
 * Milliseconds between two looks at an output file. The child writes it, not we, and a look is one stat(2), which works
 * on every file system; so a reader sees bytes well within a tenth of a second.
 */
export const pollIntervalMs = 40;

export interface OutputNews {
  type: "output";
  stream: StreamName;
  offset: number;
  bytes: number;
}

export function outputPath(directory: string, stream: StreamName): string {
  return `${directory}${sep}${stream}.txt`;
}

/** What one reader has been told of a run's output files. */
export class OutputProgress {
  readonly #directory: string;
  readonly #told = { stdout: 0, stderr: 0 };

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** What is new since the last call. */
  news(): OutputNews[] {
    const news: OutputNews[] = [];
    for (const stream of streams) {
      const size = sizeOf(outputPath(this.#directory, stream));
      if (size === undefined) continue;
      // A program that reopens /dev/stdout for writing truncates the file: what follows is told from the start.
      const offset = size < this.#told[stream] ? 0 : this.#told[stream];
      if (size > offset) news.push({ type: "output", stream, offset, bytes: size - offset });
      this.#told[stream] = size;
    }
    return news;
  }
}

/**
 * Bytes; undefined where it cannot be told: a run may take its own directory away, or our right to look into it, or put a
 * link or a pipe in the place of its output, whose size is none of what it printed.
 */
export function sizeOf(path: string): number | undefined {
  try {
    const status = lstatSync(path, { throwIfNoEntry: false });
    return status?.isFile() === true ? status.size : undefined;
  } catch {
    return undefined;
  }
}
