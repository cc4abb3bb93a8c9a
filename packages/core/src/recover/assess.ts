import { lstatSync } from "node:fs";
import { join } from "node:path";
import { isXrtError, type Supervisor } from "@xrt/contracts";
import { readRegularFile } from "../record/read-regular-file.ts";
import { resultFile } from "../record/record-result.ts";
import { readBeginning } from "../reopen/open-run.ts";
import type { Beginning } from "../reopen/recorded-run.ts";
import { messageOf } from "../system-error.ts";
import { presenceOf, whyUnknown } from "./presence.ts";
import { readRecord, readResult, type RunRecording } from "./read-record.ts";

/** Why a directory was left as it is. */
export type LeftReason =
  /** It is no run directory. */
  | "not_a_run"
  /** Its run has its result. */
  | "over"
  /** Its supervisor lives, or another process is recovering it. */
  | "live"
  /** Nobody can tell from here whether its supervisor lives. */
  | "uncertain"
  /** It cannot be read, or be recovered with our rights. */
  | "unreadable";

export interface LeftRun {
  /** Absolute. */
  readonly directory: string;
  readonly reason: LeftReason;
  /** One sentence that names the directory. */
  readonly message: string;
}

/** What is to be done about a directory: nothing (`left`), or the work that `record` tells of. */
export type Assessment = { readonly left: LeftRun } | { readonly record: RunRecording };

/** Never rejects: a folder may hold anything, and its other runs are to be recovered all the same. */
export async function assess(directory: string): Promise<Assessment> {
  try {
    const foreign = ownedByAnother(directory);
    if (foreign !== undefined) return left(directory, "unreadable", foreign);
    const beginning = await readBeginning(directory);
    const supervisor = presenceOfSupervisor(beginning);
    const record = await readRecord(directory);
    if (isOver(directory, record)) return left(directory, "over", "it has its result");
    if (supervisor === "alive") return left(directory, "live", "its supervisor lives");
    if (supervisor === "unknown") {
      const why = whyUnknown("its supervisor", beginning.supervisor as Supervisor);
      return left(directory, "uncertain", why);
    }
    return { record };
  } catch (error) {
    if (isXrtError(error)) return { left: { directory, reason: "not_a_run", message: error.message } };
    return left(directory, "unreadable", `it cannot be read: ${messageOf(error)}`);
  }
}

export function left(directory: string, reason: LeftReason, why: string): { readonly left: LeftRun } {
  return { left: { directory, reason, message: `${directory} is left as it is: ${why}` } };
}

function presenceOfSupervisor({ supervisor }: Beginning): ReturnType<typeof presenceOf> {
  // It died before it had written who it is: that is done in one go with the first line.
  return supervisor === null ? "gone" : presenceOf(supervisor);
}

/** What is recorded there tells a runner what to do: it is followed with the rights of whoever could have written it. */
function ownedByAnother(directory: string): string | undefined {
  const { uid } = lstatSync(directory);
  const own = process.geteuid?.() ?? uid;
  return uid === own
    ? undefined
    : `it belongs to user ${uid}, and this is user ${own}; recover it as its owner`;
}

/**
 * A runtime records the end in the events before it gives `result.json` its name: one without that was put there by the
 * run's own program. Unless the disk was full: then the events break off within a line.
 */
function isOver(directory: string, { decoded, finished, torn }: RunRecording): boolean {
  const result = resultOnDisk(join(directory, resultFile));
  return result?.invocation_id === decoded.invocation.invocation_id && (finished !== null || torn);
}

function resultOnDisk(path: string): ReturnType<typeof readResult> {
  try {
    return readResult(JSON.parse(readRegularFile(path, mostResultBytes)));
  } catch {
    // None, or something else in its place: either way the run has no result.
    return null;
  }
}

/** A result with ten thousand artifacts has a few megabytes. */
const mostResultBytes = 256 * 1024 * 1024;
