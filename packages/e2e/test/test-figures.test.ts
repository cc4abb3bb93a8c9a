import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { repository } from "./workspace.ts";

type Status = "passed" | "failed" | "skipped" | "todo";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xrt-figures-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A package as vitest's json reporter leaves it: one list of test statuses per file. */
function leave(name: string, ...files: Status[][]): void {
  const path = join(folder, "packages", name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), JSON.stringify({ name, scripts: { test: "vitest run" } }));
  if (files.length === 0) return;
  const count = (status: Status) => files.flat().filter((found) => found === status).length;
  const report = {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    testResults: files.map((statuses) => ({
      status: statuses.every((status) => status === "passed") && statuses.length > 0 ? "passed" : "failed",
      assertionResults: statuses.map((status, at) => ({ status, fullName: `${name} ${at}` })),
    })),
  };
  writeFileSync(join(path, "test-results.json"), JSON.stringify(report));
}

function figures(env: Record<string, string> = {}) {
  const script = join(repository, ".ci/test-figures.mjs");
  const run = spawnSync(process.execPath, [script, "--closing-line"], { cwd: folder, env, encoding: "utf8" });
  return { exitCode: run.status, lines: run.stdout.trimEnd().split("\n") };
}

describe("the figures of all packages", () => {
  test("are summed in the last line, alone", () => {
    leave("a", ["passed", "passed"], ["passed"]);
    leave("b", ["passed"]);
    const { exitCode, lines } = figures();
    expect(lines.at(-1)).toBe("4 passed, 0 failed, 0 skipped");
    expect(exitCode).toBe(0);
  });

  test("fail with a failed test", () => {
    leave("a", ["passed", "failed"]);
    const { exitCode, lines } = figures();
    expect(lines.at(-1)).toBe("1 passed, 1 failed, 0 skipped");
    expect(exitCode).toBe(1);
  });

  test("count a file that could not be loaded as one failure", () => {
    leave("a", ["passed"], []);
    const { exitCode, lines } = figures();
    expect(lines.at(-1)).toBe("1 passed, 1 failed, 0 skipped");
    expect(exitCode).toBe(1);
  });

  test.each(["skipped", "todo"] as const)("name a test that is %s, and fail in CI alone", (status) => {
    leave("a", ["passed", status]);
    const { exitCode, lines } = figures();
    expect(lines).toContain("skipped, for want of a tool: a: a 1");
    expect(lines.at(-1)).toBe("1 passed, 0 failed, 1 skipped");
    expect(exitCode).toBe(0);
    expect(figures({ CI: "true" }).exitCode).toBe(1);
  });

  test("fail when a package left none, or ran no test", () => {
    leave("a", ["passed"]);
    leave("b");
    expect(figures()).toMatchObject({ exitCode: 1 });
    leave("b", ["skipped"]);
    expect(figures().lines).toContain("b: no test passed");
    expect(figures().exitCode).toBe(1);
  });
});
