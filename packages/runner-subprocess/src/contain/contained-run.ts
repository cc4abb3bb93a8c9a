import { hasInEnvironment, statusOf, type ProcessStatus } from "./process-table.ts";
import { limitsOf } from "./run-tag.ts";

/** Whether a living process is one of those that are looked for. */
export type Membership = (status: ProcessStatus) => boolean;

/** By what the processes of one run are known. */
export interface ContainedRun {
  readonly tag: number | null;
  /** The process group, which is also the session; 0 where none is known. */
  readonly group: number;
  /** The start of the group's first process, so that another group that got the id later is not taken for it. */
  readonly groupStart: string | null;
  /** What is in the group and is not the run's. */
  readonly helper: number | null;
  /** An entry that every process of the run had in its environment when it was started; null: none. */
  readonly cookie: string | null;
  /** Nothing of the run is older than this, in clock ticks after boot; null: not known. */
  readonly since: string | null;
}

/** Told by tag, by group or session, or by environment. To be asked anew for each search. */
export function membersOf(run: ContainedRun): Membership {
  const { tag, helper, cookie, since } = run;
  const group = hasReusedGroup(run) ? 0 : run.group;
  return ({ pid, start, group: ofGroup, session }) => {
    if (pid === helper || pid === process.pid) return false;
    if (since !== null && isBefore(start, since)) return false;
    if (group !== 0 && (ofGroup === group || session === group)) return true;
    if (tag !== null) {
      const tags = limitsOf(pid);
      if (tags?.own === tag || tags?.outermost === tag) return true;
    }
    return cookie !== null && hasInEnvironment(pid, cookie);
  };
}

/** Start times are decimal numbers of any length. */
function isBefore(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

/** An id is free for another group only when the last of the first one has ended. */
function hasReusedGroup({ group, groupStart }: ContainedRun): boolean {
  if (group === 0 || groupStart === null) return false;
  const first = statusOf(group);
  return first !== undefined && first.start !== groupStart;
}
