import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { describeSystemError } from "../system-error.ts";

/** Where a run's directory is made. */
export interface Place {
  readonly base: string;
  /** Made by us, for this run, and ours to delete. */
  readonly temporary: boolean;
}

/** The directory that was asked for, or a temporary one that no other user can read. Throws Failure. */
export function openPlace(asked: string | undefined): Place {
  if (asked !== undefined) return { base: resolve(asked), temporary: false };
  try {
    return { base: mkdtempSync(join(tmpdir(), "xrt-")), temporary: true };
  } catch (error) {
    const remedy = "set TMPDIR to a directory that can be written to, or name one with --dir";
    throw new Failure(`cannot make a directory in ${tmpdir()}: ${describeSystemError(error)}; ${remedy}`, {
      cause: error,
    });
  }
}

/** A sentence where it could not be deleted. */
export async function deletePlace({ base }: Place): Promise<string[]> {
  try {
    await rm(base, { recursive: true, force: true });
    return [];
  } catch (error) {
    return [`cannot delete ${base}: ${describeSystemError(error)}; delete it by hand`];
  }
}
