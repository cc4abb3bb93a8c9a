import { setTimeout as delay } from "node:timers/promises";
import type { RunContext } from "@xrt/contracts";
import { countLiving, signalGroup } from "./process-group.ts";
import type { Stop } from "./stop-process.ts";

/** Milliseconds to wait for killed processes to be gone; one inside an uninterruptible system call takes its time. */
const longestWaitMs = 5000;
/** The same once `forceSignal` has aborted: core answers without us after a second. */
const longestForcedWaitMs = 500;

/** What became of the processes that were in the group when its leader had exited. */
export interface Leftovers {
  readonly killed: number;
  readonly left: number;
}

const none: Leftovers = { killed: 0, left: 0 };

/** Whether anything at all is in the group: one system call, for the many runs that leave nothing. */
export function hasLeftovers(pgid: number): boolean {
  return signalGroup(pgid, 0) !== "no_such_group";
}

/**
 * Kills what the leader left, waits until it is gone, and counts it; or leaves and counts it. After a stop the rest of
 * the grace belongs to the other members too; then nothing is left, whatever the policy, and nothing is counted: the
 * stop was for the whole group.
 */
export async function clearLeftovers(
  pgid: number,
  policy: "kill" | "leave",
  stop: Stop,
  context: Pick<RunContext, "forceSignal" | "emit">,
): Promise<Leftovers> {
  const stopped = stop.sent !== null;
  if (stopped) await waitWhile(() => stop.sent !== "SIGKILL" && isAlive(pgid));
  const found = countMembers(pgid);
  if (policy === "leave" && !stopped) return { killed: 0, left: found };
  // Also where none was counted: what the system shows of its processes may be less than there is.
  const permitted = signalGroup(pgid, "SIGKILL") !== "not_permitted";
  if (found === 0) return none;
  if (permitted) await waitUntilGone(pgid, context.forceSignal);
  const left = countMembers(pgid);
  if (left > 0)
    context.emit({ type: "warning", code: "subprocess.leftovers_left", message: survived(left, pgid) });
  return { killed: stopped ? 0 : Math.max(0, found - left), left };
}

function survived(left: number, pgid: number): string {
  return `${left} of the processes in group ${pgid} could not be killed: they run as another user, or hang in a system call`;
}

async function waitUntilGone(pgid: number, forceSignal: AbortSignal): Promise<void> {
  let limit = performance.now() + longestWaitMs;
  await waitWhile(() => {
    if (forceSignal.aborted) limit = Math.min(limit, performance.now() + longestForcedWaitMs);
    return performance.now() < limit && isAlive(pgid);
  });
}

/** Polls, because no system call tells of the end of a process that is not our child. */
async function waitWhile(condition: () => boolean): Promise<void> {
  let pause = 1;
  while (condition()) {
    await delay(pause);
    pause = Math.min(pause * 2, 20);
  }
}

function isAlive(pgid: number): boolean {
  return hasLeftovers(pgid) && countLiving(pgid) !== 0;
}

/** Where the system does not tell how many there are, the group counts as one. */
function countMembers(pgid: number): number {
  return hasLeftovers(pgid) ? (countLiving(pgid) ?? 1) : 0;
}
