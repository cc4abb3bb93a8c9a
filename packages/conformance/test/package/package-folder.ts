import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with a package in it; disposing removes it. */
export interface PackageFolder extends Disposable {
  readonly path: string;
  /** Runs xrt-conformance in it. */
  conformance(...args: string[]): Finished;
  write(file: string, text: string): void;
}

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export function makeFolder(files: Readonly<Record<string, string>>): PackageFolder {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "xrt-package-"));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  return {
    path,
    write,
    conformance: (...args) =>
      spawnSync(process.execPath, [main, ...args], { cwd: path, encoding: "utf8", timeout: 50_000 }),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
