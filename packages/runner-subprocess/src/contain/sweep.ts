import { setTimeout as delay } from "node:timers/promises";
import type { Membership } from "./contained-run.ts";
import { everywhere, findMembers, type Range } from "./find-members.ts";
import { isExhausted } from "./spare-descriptor.ts";
import { isAlive, statusOf, type ProcessStatus } from "./process-table.ts";

/** What a sweep did. */
export interface Swept {
  /** Processes that were alive and are dead. */
  readonly killed: number;
  /** Those that live on: they run as another user, or hang in a system call. */
  readonly left: number;
}

/** Milliseconds between two searches, at first and at last. */
const shortestPauseMs = 1;
const longestPauseMs = 20;

/**
 * Kills every member, each as it is found, until a search finds none that may be killed, or `isLate` says that it took too
 * long: a process inside an uninterruptible system call dies only after it.
 */
export async function sweep(
  members: () => Membership,
  range: Range,
  isIgnored: (pid: number) => boolean,
  isLate: () => boolean,
): Promise<Swept> {
  const killed = new Map<string, ProcessStatus>();
  let searched = range;
  for (;;) {
    const dying: ProcessStatus[] = [];
    const kill = (status: ProcessStatus): void => {
      if (!killProcess(status)) return;
      dying.push(status);
      killed.set(`${status.pid} ${status.start}`, status);
    };
    const found = await findUnlessExhausted(() => findMembers(members(), searched, isIgnored, kill));
    searched = everywhere;
    if (found === undefined) {
      // We cannot look, and so do not know of any: not an answer.
      if (isLate()) return { killed: 0, left: 1 };
      await delay(longestPauseMs);
    } else if (dying.length === 0) {
      return { killed: killed.size, left: found.length };
    } else {
      await untilDead(dying, isLate);
      if (isLate()) return count(killed);
    }
  }
}

/** One after the other, each looked at until it is dead: a thousand are not looked at again and again. */
async function untilDead(dying: readonly ProcessStatus[], isLate: () => boolean): Promise<void> {
  let pause = shortestPauseMs;
  for (const status of dying) {
    while (isStillThere(status) && !isLate()) {
      await delay(pause);
      pause = Math.min(pause * 2, longestPauseMs);
    }
  }
}

/** Undefined where the system had no descriptor for a look: another run may give one back in a moment. */
async function findUnlessExhausted(
  find: () => Promise<ProcessStatus[]>,
): Promise<ProcessStatus[] | undefined> {
  try {
    return await find();
  } catch (error) {
    if (isExhausted(error)) return undefined;
    throw error;
  }
}

function count(killed: ReadonlyMap<string, ProcessStatus>): Swept {
  const left = [...killed.values()].filter((status) => isStillThere(status)).length;
  return { killed: killed.size - left, left };
}

function isStillThere({ pid, start }: ProcessStatus): boolean {
  const now = statusOf(pid);
  return now !== undefined && now.start === start && isAlive(now);
}

/**
 * Its start was read a moment ago, and an id is given out again only after all others. False where it is another user's
 * (EPERM, kill(2)): it is counted as left, and said.
 */
function killProcess({ pid }: ProcessStatus): boolean {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
  return true;
}
