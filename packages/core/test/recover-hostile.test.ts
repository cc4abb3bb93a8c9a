import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { outcome, type Json } from "@xrt/contracts";
import { ExecutorRuntime } from "@xrt/core";
import { expect, test } from "vitest";
import { leaveBehind, recoverAll } from "./left-behind.ts";
import { openBelow } from "./open-descriptors.ts";
import { openWorkbench, recordedEvents, runnerOf, succeed, type Workbench } from "./workbench.ts";

interface Left extends AsyncDisposable {
  readonly bench: Workbench;
  readonly run: string;
  file(name: string): string;
  recover(): Promise<Awaited<ReturnType<typeof recoverAll>> & { states: Json[] }>;
}

/** A run whose supervisor was killed, with a file of somebody else beside it. */
async function left(): Promise<Left> {
  const bench = await openWorkbench();
  const runs = path.join(bench.directory, "runs");
  await mkdir(runs);
  await leaveBehind(runs, ["a"]);
  await writeFile(path.join(bench.directory, "other"), "of somebody else");
  return {
    bench,
    run: path.join(runs, "a"),
    file: (name) => path.join(runs, "a", name),
    async recover() {
      const states: Json[] = [];
      await using runtime = new ExecutorRuntime({
        runners: {
          manual: runnerOf(succeed, {
            recover: async (_invocation, state) => {
              states.push(state);
              return outcome.succeeded({ exit_code: 0 });
            },
          }),
        },
      });
      const recovered = await recoverAll(runtime, runs);
      expect(openBelow(bench.directory)).toEqual([]);
      expect(await readFile(path.join(bench.directory, "other"), "utf8")).toBe("of somebody else");
      return { ...recovered, states };
    },
    [Symbol.asyncDispose]: async () => bench[Symbol.asyncDispose](),
  };
}

test("events that were torn in their last line are gone on with behind it", async () => {
  await using it = await left();
  await appendFile(it.file("events.ndjson"), '{"event_version":1,"seq":3,"type":"checkp');
  const { runs, states } = await it.recover();
  expect(await runs[0]?.result).toMatchObject({ status: "succeeded" });
  expect(states).toEqual([{ at: 2 }]);
  const lines = (await readFile(it.file("events.ndjson"), "utf8")).trimEnd().split("\n");
  expect(lines[4]).toBe('{"event_version":1,"seq":3,"type":"checkp');
  const seqs = lines.slice(5).map((line) => (JSON.parse(line) as { seq: number }).seq);
  expect(seqs).toEqual(seqs.map((_seq, index) => index + 3));
  expect(await it.recover()).toMatchObject({ runs: [], left: [{ reason: "over" }], states: [] });
});

test.for([1, 2])(
  "a record torn in its line %i is recovered as far as there is an invocation",
  async (line) => {
    await using it = await left();
    const lines = (await readFile(it.file("events.ndjson"), "utf8")).split("\n");
    const kept = [...lines.slice(0, line - 1), lines[line - 1]?.slice(0, 30)].join("\n");
    await writeFile(it.file("events.ndjson"), kept);
    const { runs, left: leftRuns, states } = await it.recover();
    if (line === 1) {
      expect(leftRuns).toMatchObject([{ reason: "not_a_run" }]);
    } else {
      expect(await runs[0]?.result).toMatchObject({ status: "succeeded" });
      expect(states).toEqual([null]);
    }
  },
);

test("what a run's program forged in its events harms nobody, and its own run at most", async () => {
  await using it = await left();
  const forged = [
    "",
    "null",
    "[]",
    '"x"',
    "{",
    '{"event_version":1}',
    '{"event_version":1,"seq":9007199254740991,"type":"checkpoint","invocation_id":"other","state":{"at":"other"}}',
    '{"event_version":1,"seq":9007199254740991,"type":"progress","invocation_id":"a"}',
    '{"event_version":1,"seq":"x","type":"checkpoint","invocation_id":"a","state":{"at":"forged"}}',
    '{"event_version":1,"seq":3,"type":"finished","invocation_id":"a"}',
    '{"event_version":1,"seq":4,"type":"finished","invocation_id":"a","result":{"status":"succeeded"}}',
    '{"event_version":1,"seq":5,"type":"accepted","invocation_id":"a","supervisor":{"pid":1}}',
    "\u0000".repeat(1000),
  ];
  await appendFile(it.file("events.ndjson"), `${forged.join("\n")}\n`);
  const { runs, states } = await it.recover();
  expect(states).toEqual([{ at: "forged" }]);
  expect(await runs[0]?.result).toMatchObject({ status: "succeeded" });
  const numbers = (await readFile(it.file("events.ndjson"), "utf8"))
    .split("\n")
    .filter((line) => line.includes('"supervisor_died"'))
    .map((line) => (JSON.parse(line) as { seq: number }).seq);
  expect(numbers).toEqual([6]);
});

test("a result.json that the run's program planted is not its result", async () => {
  await using it = await left();
  await using other = await openWorkbench();
  const { result } = await other.run(succeed, { invocation_id: "a" });
  await writeFile(it.file("result.json"), JSON.stringify({ ...result, exit_code: 42 }));
  const { runs, states } = await it.recover();
  expect(states).toEqual([{ at: 2 }]);
  const recorded: unknown = JSON.parse(await readFile(it.file("result.json"), "utf8"));
  expect(recorded).toEqual(await runs[0]?.result);
  expect(recorded).toMatchObject({ exit_code: 0 });
});

test("where the disk was full, so that the events break off, a whole result.json stays", async () => {
  await using it = await left();
  await using other = await openWorkbench();
  const { result } = await other.run(succeed, { invocation_id: "a" });
  const text = JSON.stringify(result);
  await writeFile(it.file("result.json"), text);
  await appendFile(it.file("events.ndjson"), '{"event_version":1,"seq":3,"type":"fini');
  expect(await it.recover()).toMatchObject({ runs: [], left: [{ reason: "over" }] });
  expect(await readFile(it.file("result.json"), "utf8")).toBe(text);
});

test.for<[string, (file: string, other: string) => Promise<unknown>]>([
  ["a link to a file of somebody else", async (file, other) => symlink(other, file)],
  ["a link that leads nowhere", async (file) => symlink("nowhere", file)],
  ["a pipe", async (file) => execFileSync("mkfifo", [file])],
  ["a directory", async (file) => mkdir(path.join(file, "deep"), { recursive: true })],
  ["nothing", async () => undefined],
])("%s in the place of the output, the result and its temporary file is not followed", async ([, plant]) => {
  await using it = await left();
  const other = path.join(it.bench.directory, "other");
  for (const name of ["stdout.txt", "stderr.txt", "result.json", "result.json.tmp"]) {
    await rm(it.file(name), { force: true });
    await plant(it.file(name), other);
  }
  const { runs } = await it.recover();
  expect(await runs[0]?.result).toMatchObject({ status: "succeeded" });
  expect(JSON.parse(await readFile(it.file("result.json"), "utf8"))).toEqual(await runs[0]?.result);
  const warnings = (await recordedEvents(it.run)).filter(
    (event) => event.type === "warning" && event.code === "output_lost",
  );
  expect(warnings).toHaveLength(2);
  expect(await readFile(it.file("stdout.txt"), "utf8")).toBe("");
});

test.for<[string, (file: string, other: string) => Promise<unknown>]>([
  ["a link", async (file, other) => symlink(other, file)],
  ["a pipe", async (file) => execFileSync("mkfifo", [file])],
  [
    "an endless line",
    async (file) => {
      await writeFile(file, "");
      await truncate(file, 2 ** 36);
    },
  ],
])(
  "where %s is in the place of the events nothing can be recovered, and nobody is held up",
  async ([, plant]) => {
    await using it = await left();
    await rm(it.file("events.ndjson"));
    await plant(it.file("events.ndjson"), path.join(it.bench.directory, "other"));
    const { runs, left: leftRuns } = await it.recover();
    expect(runs).toEqual([]);
    expect(leftRuns).toHaveLength(1);
    expect(leftRuns[0]?.message).toContain(it.run);
  },
);

test("artifacts that the run's program replaced by a link out of its directory are not described", async () => {
  await using it = await left();
  await rm(it.file("artifacts"), { recursive: true });
  await symlink(it.bench.directory, it.file("artifacts"));
  const { runs } = await it.recover();
  expect((await runs[0]?.result)?.artifacts.map(({ artifact_id }) => artifact_id)).toEqual([
    "stdout",
    "stderr",
  ]);
});

test("a run directory made by hand from another's files is recovered where it is", async () => {
  await using it = await left();
  const copy = path.join(it.run, "..", "b");
  await mkdir(copy);
  await writeFile(path.join(copy, "events.ndjson"), await readFile(it.file("events.ndjson"), "utf8"));
  const { runs } = await it.recover();
  expect(runs.map(({ directory }) => directory)).toEqual([it.run, copy]);
  expect(await readdir(copy)).toEqual(
    expect.arrayContaining(["artifacts", "result.json", "stderr.txt", "stdout.txt"]),
  );
});
