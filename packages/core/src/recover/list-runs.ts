import { resolve } from "node:path";
import { readBeginning } from "../reopen/open-run.ts";
import { RecordedRun } from "../reopen/recorded-run.ts";
import type { RunRecord } from "../run.ts";
import { runDirectories } from "./run-directories.ts";

/**
 * Every run in a folder of run directories (a `runsDirectory`, or `.xrt`) in the order of their names: live, over, or left by
 * a supervisor that died. What is not a run directory, or cannot be read, is passed over. Throws where the folder cannot be read.
 */
export async function* listRuns(directory: string): AsyncGenerator<RunRecord, void, undefined> {
  for (const path of runDirectories(resolve(directory))) {
    const run = await openAtOnce(path);
    if (run !== undefined) yield run;
  }
}

/** Without the wait for a record that is just being begun, or was never gone on with: there may be many. */
async function openAtOnce(path: string): Promise<RunRecord | undefined> {
  try {
    return new RecordedRun(path, await readBeginning(path, 1));
  } catch {
    // A folder may hold anything, and each run decides what is in its own. openRun() tells what is wrong with one.
    return undefined;
  }
}
