import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";

export interface SmallDisk extends Disposable {
  readonly path: string;
}

/** A file system of so many bytes, where we may mount one; disposing unmounts it. */
export function mountSmallDisk(bytes: number): SmallDisk {
  const folder = mkdtempSync(path.join(os.tmpdir(), "xrt-core-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], { stdio: "pipe" });
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  return {
    path: folder,
    [Symbol.dispose]() {
      execFileSync("umount", [folder]);
      rmdirSync(folder);
    },
  };
}

/** Why none can be mounted here; undefined where one can. */
export function smallDiskProblem(): string | undefined {
  try {
    mountSmallDisk(4096)[Symbol.dispose]();
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}
