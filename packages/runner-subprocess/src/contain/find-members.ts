import { setImmediate as anotherTurn } from "node:timers/promises";
import type { Membership } from "./contained-run.ts";
import { listProcesses } from "./process-list.ts";
import { isAlive, newestId, statusOf, type ProcessStatus } from "./process-table.ts";

/** Milliseconds that a search may hold the event loop before it lets others have a turn. */
const turnMs = 4;
/** How often a search goes after what was started meanwhile; with each round less can have been. */
const mostChases = 1000;

/** Which ids a search looks at: those above `after`, or all. */
export interface Range {
  readonly after: number | null;
}

export const everywhere: Range = { after: null };

/**
 * Every living member, newest first; `onFound` hears of each at once. What is started while it looks is
 * looked at too, until nothing new appears: a process that forks faster than we look is caught between two forks.
 */
export async function findMembers(
  isMember: Membership,
  range: Range,
  isIgnored: (pid: number) => boolean,
  onFound: (status: ProcessStatus) => void = () => undefined,
): Promise<ProcessStatus[]> {
  const found: ProcessStatus[] = [];
  let turn = performance.now();
  const look = (pid: number): void => {
    if (isIgnored(pid)) return;
    const status = statusOf(pid);
    if (status === undefined || !isAlive(status) || !isMember(status)) return;
    found.push(status);
    onFound(status);
  };
  const listed = listProcesses(range.after);
  let seen = listed.newest;
  for (const pid of listed.ids) {
    look(pid);
    if (performance.now() - turn < turnMs) continue;
    await anotherTurn();
    turn = performance.now();
  }
  for (let chase = 0; chase < mostChases; chase += 1) {
    const newest = newestId();
    if (newest === seen) break;
    if (newest > seen) for (let pid = newest; pid > seen; pid -= 1) look(pid);
    // Past the highest id they begin anew: then what is new is anywhere.
    else for (const pid of listProcesses(null).ids) look(pid);
    seen = newest;
    if (performance.now() - turn < turnMs) continue;
    await anotherTurn();
    turn = performance.now();
  }
  return found;
}
