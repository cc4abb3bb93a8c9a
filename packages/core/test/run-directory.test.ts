import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import * as fc from "fast-check";
import { outcome } from "@xrt/contracts";
import { expect, test } from "vitest";
import { runFixture } from "./fixture.ts";
import { runName } from "../src/prepare/run-name.ts";
import { directoryOf, openWorkbench, succeed } from "./workbench.ts";

async function modeOf(file: string): Promise<string> {
  return ((await stat(file)).mode & 0o777).toString(8);
}

// There mkdir(2) answers ENOENT although the parent exists, over which a recursive mkdir of Node spins for ever.
if (process.platform === "linux") {
  test("a folder that cannot be made below /proc is refused, for the run as for its result", async () => {
    await using bench = await openWorkbench();
    const refused = await bench.run(succeed, { artifact_directory: "/proc/x/y" });
    expect(refused.result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "storage" } });
    const { result } = await bench.run(succeed, { output_result_path: "/proc/x/y.json" });
    expect(result.status).toBe("succeeded");
    expect(result.metadata["xrt.result_error"]).toContain("/proc/x");
  });
}

test("the run directory is there before the runner is called, for its owner alone", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(
    async (_invocation, { directory, artifactDirectory, runId, stdout, stderr }) => {
      const there = [directory, artifactDirectory, stdout.path, stderr.path].map((file) => existsSync(file));
      return outcome.succeeded({ metadata: { there: there.join(), runId, artifactDirectory } });
    },
    { invocation_id: "a" },
  );
  const directory = path.join(bench.directory, ".xrt", "a");
  expect(result.metadata).toMatchObject({
    there: "true,true,true,true",
    runId: "a",
    artifactDirectory: path.join(directory, "artifacts"),
    "xrt.run_directory": directory,
  });
  expect((await readdir(directory)).toSorted()).toEqual([
    "artifacts",
    "events.ndjson",
    "result.json",
    "stderr.txt",
    "stdout.txt",
  ]);
  for (const [file, mode] of [
    ["", "700"],
    ["artifacts", "700"],
    ["stdout.txt", "600"],
    ["stderr.txt", "600"],
    ["events.ndjson", "600"],
    ["result.json", "600"],
  ] as const)
    expect([file, await modeOf(path.join(directory, file))]).toEqual([file, mode]);
});

test("a .xrt made here is kept out of git, one that was there is left as it is", async () => {
  await using bench = await openWorkbench();
  await bench.run(succeed);
  expect(await readFile(path.join(bench.directory, ".xrt", ".gitignore"), "utf8")).toBe("*\n");

  await using other = await openWorkbench();
  await mkdir(path.join(other.directory, ".xrt"));
  await other.run(succeed, { invocation_id: "a" });
  expect(await readdir(path.join(other.directory, ".xrt"))).toEqual(["a"]);
});

test("artifact_directory goes before runsDirectory, that before .xrt; missing folders are made", async () => {
  await using host = await openWorkbench();
  const runsDirectory = path.join(host.directory, "all", "runs");
  await using bench = await openWorkbench({ runsDirectory });
  const { result } = await bench.run(succeed, { invocation_id: "a" });
  expect(directoryOf(result)).toBe(path.join(runsDirectory, "a"));
  const artifact_directory = path.join(bench.directory, "other", "place");
  const named = await bench.run(succeed, { invocation_id: "a", artifact_directory });
  expect(directoryOf(named.result)).toBe(path.join(artifact_directory, "a"));
  // Not ours, so nothing of ours lies beside the runs.
  expect(await readdir(runsDirectory)).toEqual(["a"]);
  expect(await readdir(artifact_directory)).toEqual(["a"]);
  expect(existsSync(path.join(bench.directory, ".xrt"))).toBe(false);
});

test.for([
  ["../../x", "..%2F..%2Fx"],
  ["..", "%2E%2E"],
  [".", "%2E"],
  ["...", "..."],
  ["a/b", "a%2Fb"],
  ["/etc/passwd", "%2Fetc%2Fpasswd"],
  ["a\\b", "a%5Cb"],
  ["a\0b", "a%00b"],
  ["a b\n", "a%20b%0A"],
  ["50%", "50%25"],
  ["%2E%2E", "%252E%252E"],
  ["a~2", "a%7E2"],
  ["é", "%C3%A9"],
  ["💥", "%F0%9F%92%A5"],
  ["\ud800", "%ED%A0%80"],
  ["\udfff\ud800", "%ED%BF%BF%ED%A0%80"],
  ["~", "%7E"],
  ["-rf", "-rf"],
  ["...hidden", "...hidden"],
] as const)("the id %j becomes the directory %s", async ([invocation_id, name]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(succeed, { invocation_id });
  expect(result).toMatchObject({ status: "succeeded", invocation_id });
  expect(directoryOf(result)).toBe(path.join(bench.directory, ".xrt", name));
  expect(existsSync(path.join(bench.directory, ".xrt", name, "result.json"))).toBe(true);
  expect((await readdir(bench.directory)).toSorted()).toEqual([".xrt"]);
});

test("the id .gitignore does not take the place of the file", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(succeed, { invocation_id: ".gitignore" });
  expect(directoryOf(result)).toBe(path.join(bench.directory, ".xrt", ".gitignore~2"));
});

test("ids of 10,000 characters keep apart, in names that a file system takes", async () => {
  await using bench = await openWorkbench();
  for (const character of ["a", "é", "/"]) {
    const ids = ["x", "y"].map((end) => character.repeat(9_999) + end);
    const names = [];
    for (const invocation_id of ids) {
      const { result } = await bench.run(succeed, { invocation_id });
      expect(result.invocation_id).toBe(invocation_id);
      names.push(path.basename(directoryOf(result)));
    }
    expect(new Set(names).size).toBe(2);
    for (const name of names) {
      expect(name.length).toBeLessThanOrEqual(200);
      expect(name).toMatch(/^([\w.-]|%[0-9A-F]{2})+~[0-9a-f]{32}$/);
    }
  }
});

const anyId = fc.oneof(
  fc.string({ unit: "binary", minLength: 1 }),
  fc.string({
    unit: fc.constantFrom(".", "/", "~", "%", "2", "E", "a", "\0", "\ud800", "\udc00", "\ufffd"),
    minLength: 1,
    maxLength: 4,
  }),
  fc.string({ minLength: 190, maxLength: 220 }),
);

test("whatever the id, its name stays in its base and has at most 200 bytes", () => {
  fc.assert(
    fc.property(anyId, (id) => {
      const name = runName(id);
      expect(name).toMatch(/^[\w.%~-]{1,200}$/);
      expect(path.dirname(path.resolve("/base", name))).toBe("/base");
    }),
    { numRuns: 1000 },
  );
});

test("two different ids never share a name", () => {
  fc.assert(
    fc.property(anyId, anyId, (a, b) => {
      expect(runName(a) === runName(b)).toBe(a === b);
    }),
    { numRuns: 5000 },
  );
});

test("no id is the name of another id", () => {
  fc.assert(
    fc.property(anyId, (id) => {
      const name = runName(id);
      expect(runName(name) === name).toBe(name === id);
    }),
    { numRuns: 1000 },
  );
});

test("a second run with the same id never touches the first's directory", async () => {
  await using bench = await openWorkbench();
  const directories = [];
  for (const text of ["first", "second", "third"]) {
    const { result } = await bench.run(
      async (_invocation, { stdout }) => {
        await stdout.write(text);
        return outcome.succeeded();
      },
      { invocation_id: "a" },
    );
    expect(result.invocation_id).toBe("a");
    directories.push(path.basename(directoryOf(result)));
    expect(await readFile(result.stdout_path ?? "", "utf8")).toBe(text);
  }
  expect(directories).toEqual(["a", "a~2", "a~3"]);
  // What lies there already, a file or a link, is not taken over either.
  await writeFile(path.join(bench.directory, ".xrt", "b"), "");
  await symlink("/nowhere", path.join(bench.directory, ".xrt", "b~2"));
  const { result } = await bench.run(succeed, { invocation_id: "b" });
  expect(path.basename(directoryOf(result))).toBe("b~3");
});

test("50 runs with one id, begun at the same moment in four processes, get 50 directories", async () => {
  await using bench = await openWorkbench();
  const parameters = { directory: bench.directory, id: "a", runs: 10 };
  const [ours, ...others] = await Promise.all([
    Promise.all(
      Array.from({ length: 20 }, async () => (await bench.run(succeed, { invocation_id: "a" })).result),
    ),
    ...Array.from({ length: 3 }, async () => runFixture("run-many.ts", parameters)),
  ]);
  const directories = [...ours.map(directoryOf), ...(others as string[][]).flat()];
  expect(new Set(directories).size).toBe(50);
  const names = Array.from({ length: 50 }, (_, index) => (index === 0 ? "a" : `a~${index + 1}`));
  expect(new Set(directories.map((directory) => path.basename(directory)))).toEqual(new Set(names));
});

test("where no directory can be made the run is rejected, saying where and what would mend it", async () => {
  await using bench = await openWorkbench();
  const file = path.join(bench.directory, "file");
  await writeFile(file, "");
  const { result } = await bench.run(succeed, { artifact_directory: path.join(file, "below") });
  expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "storage" } });
  expect(result.error_summary).toContain(path.join(file, "below"));
  expect(result.error_summary).toContain("name another artifact_directory");
  const impossible = await bench.run(succeed, { artifact_directory: "a\0b" });
  expect(impossible.result.status).toBe("rejected");
});

test("what a run left there beforehand is not followed", async () => {
  await using bench = await openWorkbench();
  // A run that knows its successor's name cannot plant its output: the directory must be new.
  await mkdir(path.join(bench.directory, ".xrt", "a"), { recursive: true });
  await symlink("/dev/full", path.join(bench.directory, ".xrt", "a", "stdout.txt"));
  const { result } = await bench.run(succeed, { invocation_id: "a" });
  expect(path.basename(directoryOf(result))).toBe("a~2");
});
