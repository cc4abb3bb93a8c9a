import { readdirSync, readlinkSync } from "node:fs";

/** The files below a directory that this process holds open. */
export function openBelow(directory: string): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(directory) ? [target] : [];
    } catch {
      // The descriptor of this very look.
      return [];
    }
  });
}
