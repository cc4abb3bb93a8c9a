import { highestId, newestId } from "./process-table.ts";
import type { Range } from "./find-members.ts";
import { everywhere } from "./find-members.ts";

/** Ids that a machine gives out in a millisecond at the very most: a fork takes longer than a hundredth of one. */
const idsPerMs = 100;

/**
 * Where processes of a run that began with `leader` can be, `runMs` milliseconds later; null: nowhere, as no process at
 * all was started since. In a short run ids cannot have begun anew, so that all of its processes have higher ones.
 */
export function whereLeft(leader: number | undefined, runMs: number): Range | null {
  if (leader === undefined || runMs * idsPerMs >= highestId()) return everywhere;
  const newest = newestId();
  if (newest === leader) return null;
  return newest > leader ? { after: leader } : everywhere;
}
