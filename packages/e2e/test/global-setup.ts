import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { publicPackages } from "./workspace.ts";

const run = promisify(execFile);

/** Packs what is published, once for all test files; `tarballs.ts` says where each tarball is. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "xrt-tarballs-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const packed = await Promise.allSettled(
    publicPackages.map(({ folder: cwd }) => run("pnpm", ["pack", "--pack-destination", folder], { cwd })),
  );
  const failed = packed.find((result) => result.status === "rejected");
  if (failed) {
    remove();
    throw failed.reason;
  }
  project.provide("tarballs", folder);
  return remove;
}

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with the tarballs of what is published. */
    tarballs: string;
  }
}
