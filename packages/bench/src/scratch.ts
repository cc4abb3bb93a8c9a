import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** statfs(2): the type of a tmpfs. */
const tmpfsMagic = 0x01021994;

/** A folder in memory where the system has one, so that the disk is not what is measured. */
export function makeScratch(): { path: string; inMemory: boolean; [Symbol.dispose](): void } {
  const base = isTmpfs("/dev/shm") ? "/dev/shm" : tmpdir();
  const path = mkdtempSync(join(base, "xrt-bench-"));
  return { path, inMemory: isTmpfs(base), [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

function isTmpfs(path: string): boolean {
  try {
    return statfsSync(path).type === tmpfsMagic;
  } catch {
    // No such folder on this system.
    return false;
  }
}
