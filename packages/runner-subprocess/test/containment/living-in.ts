import { readdirSync, readlinkSync } from "node:fs";

/** The processes whose working directory it is, of all that we may look at. A zombie has none. */
export function livingIn(directory: string): number[] {
  const isThere = (pid: string): boolean => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === directory;
    } catch {
      // Gone in the meantime, or another user's.
      return false;
    }
  };
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && isThere(entry))
    .map(Number);
}
