// Run by a guard when the supervisor is gone: kills what is left of its runs, each given as `tag:group:start;`.
import type { Membership } from "./contained-run.ts";
import { everywhere } from "./find-members.ts";
import { statusOf } from "./process-table.ts";
import { limitsOf } from "./run-tag.ts";
import { sweep } from "./sweep.ts";

/** Milliseconds after which what is not dead hangs in a system call, or is another user's. */
const longestMs = 60_000;

const limit = performance.now() + longestMs;
const entries = process.argv.slice(2).map((entry) => entry.replace(";", "").split(":"));
const tags = new Set(entries.map(([tag]) => Number(tag)));
// Only groups whose first process is there: another's number may be somebody else's by now.
const groups = new Set(
  entries
    .filter(([, group, start]) => statusOf(Number(group))?.start === start)
    .map(([, group]) => Number(group)),
);

const isMember: Membership = ({ pid, group, session }) => {
  if (pid === process.pid) return false;
  if (groups.has(group) || groups.has(session)) return true;
  const carried = limitsOf(pid);
  return carried !== undefined && (tags.has(carried.own) || tags.has(carried.outermost));
};

void sweep(
  () => isMember,
  everywhere,
  () => false,
  () => performance.now() > limit,
);
