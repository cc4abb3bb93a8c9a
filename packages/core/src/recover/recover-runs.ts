import { existsSync } from "node:fs";
import type { Supervisor } from "@xrt/contracts";
import type { Host } from "../prepare/prepare-run.ts";
import { LiveRun } from "../live-run.ts";
import type { Run } from "../run.ts";
import { messageOf } from "../system-error.ts";
import { assess, left, type LeftRun } from "./assess.ts";
import { claim, type Claim } from "./claim.ts";
import { EndedRun } from "./ended-run.ts";
import { whyUnknown, presenceOf } from "./presence.ts";
import type { RunRecording } from "./read-record.ts";
import { runDirectories } from "./run-directories.ts";
import { takeOver } from "./take-over.ts";

export interface RecoverOptions {
  /** Called for each directory that is not recovered, with the reason. What it throws ends the iteration. */
  onLeft?: ((left: LeftRun) => void) | undefined;
}

/** The runtime that recovers. */
export interface RecoveringHost {
  /** As it is now: it may be closed between two runs. */
  host(): Host;
  /** The folder is the runtime's own, which is made with its first run. */
  readonly mayBeMissing: boolean;
  /** Holds the run like any other of the runtime's. */
  enter(run: LiveRun): void;
}

/** One run after the other, each begun when it is asked for; those begun go on side by side. */
export async function* recoverRuns(
  directory: string,
  recoverer: RecoveringHost,
  { onLeft }: RecoverOptions,
): AsyncGenerator<Run, void, undefined> {
  refuseIfClosed(recoverer);
  if (recoverer.mayBeMissing && !existsSync(directory)) return;
  for (const path of runDirectories(directory)) {
    const outcome = await recoverRun(path, recoverer);
    if ("left" in outcome) onLeft?.(outcome.left);
    else yield outcome.run;
  }
}

async function recoverRun(
  directory: string,
  recoverer: RecoveringHost,
): Promise<{ readonly left: LeftRun } | { readonly run: Run }> {
  const before = await assess(directory);
  if ("left" in before) return before;
  let held: Claim | undefined;
  try {
    const claimed = claim(directory);
    if ("heldBy" in claimed) {
      return claimedBy(claimed.heldBy, directory);
    }
    held = claimed;
    // Somebody may have recovered it between our look and our claim.
    const assessment = await assess(directory);
    if ("left" in assessment) return assessment;
    refuseIfClosed(recoverer);
    const run = begin(directory, assessment.record, recoverer, held);
    held = undefined;
    return { run };
  } catch (error) {
    if (error instanceof ClosedRuntime) throw error;
    return left(directory, "unreadable", `it cannot be recovered: ${messageOf(error)}`);
  } finally {
    if (held !== undefined) giveBack(held, directory);
  }
}

function claimedBy(holder: Supervisor | null, directory: string): { readonly left: LeftRun } {
  if (holder !== null && presenceOf(holder) === "unknown") {
    return left(directory, "uncertain", whyUnknown("the process that recovers it", holder));
  }
  const who = holder === null ? "another process" : `process ${holder.pid}`;
  return left(directory, "live", `${who} is recovering it`);
}

/** Gives the claim back when the run is over. */
function begin(directory: string, record: RunRecording, recoverer: RecoveringHost, held: Claim): Run {
  const host = recoverer.host();
  const { finished } = record;
  if (finished !== null) {
    const run = new EndedRun(directory, record, finished, host.options.durable === true);
    giveBack(held, directory);
    return run;
  }
  const run = new LiveRun(record.decoded, {}, host, takeOver(directory, record, host));
  recoverer.enter(run);
  void run.result.then(() => giveBack(held, directory));
  return run;
}

/** A claim that stays is no harm: its holder is dead one day. */
function giveBack(held: Claim, directory: string): void {
  try {
    held.release();
  } catch (error) {
    process.emitWarning(`the claim to recover ${directory} could not be removed: ${messageOf(error)}`, {
      code: "XRT_CLAIM",
    });
  }
}

class ClosedRuntime extends Error {}

function refuseIfClosed(recoverer: RecoveringHost): void {
  if (recoverer.host().closed)
    throw new ClosedRuntime("this runtime is closed; make a new one to recover runs");
}
