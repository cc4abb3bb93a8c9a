import { setTimeout as delay } from "node:timers/promises";
import type { ContainedCommand } from "./contain/contained-command.ts";
import type { Stop } from "./stop-process.ts";

/** Milliseconds to wait for killed processes to be gone; one inside an uninterruptible system call takes its time. */
const longestWaitMs = 5000;
/** The same once `forceSignal` has aborted: core answers without us after a second. */
const longestForcedWaitMs = 500;

export type LeftoverPolicy = "kill" | "leave";

/** What became of the processes that were there when the leader had exited. */
export interface Leftovers {
  readonly killed: number;
  readonly left: number;
}

/**
 * Kills what the leader left, waits until it is gone, and counts it; or leaves and counts it. After a stop the rest of
 * the grace belongs to the others too; then nothing is left, whatever the policy, and nothing is counted: the stop was
 * for all of them.
 */
export async function clearLeftovers(
  command: ContainedCommand,
  policy: LeftoverPolicy,
  stop: Stop,
  forceSignal: AbortSignal,
  onSurvivors: (message: string) => void,
): Promise<Leftovers> {
  const stopped = stop.sent !== null;
  if (stopped) await waitWhile(async () => stop.sent !== "SIGKILL" && (await command.count()) > 0);
  if (policy === "leave" && !stopped) return { killed: 0, left: await command.count() };
  const { killed, left } = await command.kill(lateAfter(forceSignal));
  if (left > 0) onSurvivors(survived(left));
  return { killed: stopped ? 0 : killed, left };
}

function survived(left: number): string {
  return `${left} of the run's processes could not be killed: they run as another user, or hang in a system call`;
}

function lateAfter(forceSignal: AbortSignal): () => boolean {
  let limit = performance.now() + longestWaitMs;
  return () => {
    if (forceSignal.aborted) limit = Math.min(limit, performance.now() + longestForcedWaitMs);
    return performance.now() > limit;
  };
}

/** Polls, because no system call tells of the end of a process that is not our child. */
async function waitWhile(condition: () => Promise<boolean>): Promise<void> {
  let pause = 1;
  while (await condition()) {
    await delay(pause);
    pause = Math.min(pause * 2, 50);
  }
}
