import type { FileHandle } from "node:fs/promises";

/** How a reader of a run's files learns that there may be more. */
export interface RunSource {
  /** Opens an output file past its name, which the run may have deleted; undefined where only the name leads to it. */
  open?(path: string): Promise<FileHandle | undefined>;
  /** True once nothing is added any more. Asked before a last look, so that nothing is missed. */
  ended(): boolean;
  /** Resolves when there may be news. */
  wait(): Promise<void>;
}
