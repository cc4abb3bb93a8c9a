import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { findPackageJSON } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { repository } from "./workspace.ts";

/**
 * Runs an example as a reader would: in an empty folder with an empty home, `xrt` and this Node on PATH.
 * Returns what a terminal would show: stdout and stderr in their order.
 */
export function runExample(file: string): { output: string; exitCode: number | null } {
  const folder = mkdtempSync(join(tmpdir(), "xrt-readme-"));
  try {
    const [home, bin, work] = ["home", "bin", "work"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const made of [home, bin, work]) mkdirSync(made);
    const main = join(repository, "packages/cli/src/main.ts");
    writeFileSync(join(bin, "xrt"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
    chmodSync(join(bin, "xrt"), 0o755);

    const shown = join(folder, "shown");
    const descriptor = openSync(shown, "a");
    const [program, ...args] = commandFor(file);
    const { status } = spawnSync(program, args, {
      cwd: work,
      env: {
        HOME: home,
        PATH: [bin, dirname(process.execPath), process.env["PATH"]].join(":"),
        LANG: "C.UTF-8",
      },
      stdio: ["ignore", descriptor, descriptor],
      timeout: 30_000,
    });
    closeSync(descriptor);
    return { output: readFileSync(shown, "utf8"), exitCode: status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A test with vitest is driven by it, from its package; a test with node:test runs by itself. */
function commandFor(file: string): [program: string, ...args: string[]] {
  if (extname(file) !== ".ts") return ["sh", file];
  if (!/ from "vitest";$/m.test(readFileSync(file, "utf8"))) return [process.execPath, file];
  const root = dirname(findPackageJSON(pathToFileURL(file)) ?? file);
  const config = join(repository, "vitest.config.ts");
  const options = ["--root", root, "--config", config];
  // Not the configured reporters: their figures are of the package's own tests.
  return [join(repository, "node_modules/.bin/vitest"), "run", ...options, "--reporter", "dot", file];
}

/** What a README shows as output, as a pattern: `…` stands for whatever differs from run to run, within a line. */
export function outputPattern(shown: string): RegExp {
  const parts = shown
    .trimEnd()
    .split("…")
    .map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join(".*")}$`);
}
