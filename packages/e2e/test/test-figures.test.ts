import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { repository } from "./workspace.ts";

type Status = "passed" | "failed" | "skipped" | "todo";

interface Left {
  /** What each failed test said. */
  readonly said?: string;
  /** What a hook of the first file threw, outside of its tests. */
  readonly hookSaid?: string;
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xrt-figures-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A package as vitest's json reporter leaves it: one list of test statuses per file. */
function leave(name: string, ...files: Status[][]): void {
  leaveSaying({}, name, ...files);
}

function leaveSaying({ said = "it broke", hookSaid }: Left, name: string, ...files: Status[][]): void {
  const path = join(folder, "packages", name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), JSON.stringify({ name, scripts: { test: "vitest run" } }));
  if (files.length === 0) return;
  const count = (status: Status) => files.flat().filter((found) => found === status).length;
  const report = {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    testResults: files.map((statuses, file) => {
      const hookThrew = file === 0 && hookSaid !== undefined;
      const failed = hookThrew || statuses.includes("failed") || statuses.length === 0;
      return {
        name: join(realpathSync(path), "test", `${file}.test.ts`),
        status: failed ? "failed" : "passed",
        message: hookThrew ? hookSaid : statuses.length === 0 ? "cannot be loaded" : "",
        assertionResults: statuses.map((status, at) => ({
          status,
          fullName: `${name} ${at}`,
          failureMessages: status === "failed" ? [said] : [],
        })),
      };
    }),
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

  test("fail when a report was cut short, and count the other packages' all the same", () => {
    leave("a", ["passed"]);
    leave("b", ["passed"]);
    writeFileSync(join(folder, "packages", "a", "test-results.json"), '{"numPassedTests":');
    const { exitCode, lines } = figures();
    expect(lines).toContain("a: test-results.json is cut short, so its tests did not run to their end");
    expect(lines.at(-1)).toBe("1 passed, 0 failed, 0 skipped");
    expect(exitCode).toBe(1);
  });

  test("follow each failed test's package, file, title and what it said", () => {
    leave("a", ["passed", "failed"]);
    const frames = ["at f (file:///r/node_modules/vitest/x.js:1:1)", "at /r/packages/b/test/1.test.ts:3:36"];
    const said = ["\u001B[31mexpected 1\u001B[39m", "to be 2", ...frames].join("\n    ");
    leaveSaying({ said }, "b", ["passed"], ["failed"]);
    const { lines } = figures();
    expect(lines.slice(0, 7)).toEqual([
      "failed: a test/0.test.ts: a 1",
      "    it broke",
      "failed: b test/1.test.ts: b 0",
      "    expected 1",
      "        to be 2",
      "        at /r/packages/b/test/1.test.ts:3:36",
      expect.stringMatching(/^a +1 passed, 1 failed, 0 skipped$/),
    ]);
  });

  test("follow what a file said that could not be loaded, or whose hook threw, which is one failure", () => {
    leave("a", ["passed"], []);
    leaveSaying({ hookSaid: "no server" }, "b", ["passed"]);
    const { exitCode, lines } = figures();
    expect(lines.slice(0, 4)).toEqual([
      "failed: a test/1.test.ts: the file, outside of its tests",
      "    cannot be loaded",
      "failed: b test/0.test.ts: the file, outside of its tests",
      "    no server",
    ]);
    expect(lines.at(-1)).toBe("2 passed, 2 failed, 0 skipped");
    expect(exitCode).toBe(1);
  });

  test("follow 15 lines of 20 failed tests at most, and the number of the rest", () => {
    const said = Array.from({ length: 18 }, (_, at) => `line ${at} ${"x".repeat(400)}`).join("\n");
    leaveSaying(
      { said },
      "a",
      Array.from({ length: 23 }, () => "failed" as const),
    );
    const { lines } = figures();
    expect(lines.filter((line) => line.startsWith("failed: a "))).toHaveLength(20);
    expect(lines.slice(15, 18)).toEqual([
      `    line 14 ${"x".repeat(292)}…`,
      "    (3 more lines)",
      "failed: a test/0.test.ts: a 1",
    ]);
    expect(lines).toContain("failed: 3 more");
    expect(lines.at(-1)).toBe("0 passed, 23 failed, 0 skipped");
  });
});
