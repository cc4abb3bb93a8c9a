import { everywhere, type Range } from "./find-members.ts";
import { wrapMs } from "./process-list.ts";
import { newestId } from "./process-table.ts";

/**
 * Where processes of a run that began with `leader` can be, `runMs` milliseconds later; null: nowhere, as no process at
 * all was started since. In a short run ids cannot have begun anew, so that all of its processes have higher ones.
 */
export function whereLeft(leader: number | undefined, runMs: number): Range | null {
  if (leader === undefined || runMs >= wrapMs()) return everywhere;
  const newest = newestId();
  if (newest === leader) return null;
  return newest > leader ? { after: leader } : everywhere;
}
