import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { outcome } from "@xrt/contracts";
import { parseResult } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, openRun } from "@xrt/core";
import { expect, test } from "vitest";
import { startFixture, type Fixture } from "./fixture.ts";
import { leaveBehind, recoverAll } from "./left-behind.ts";
import { openWorkbench, recordedEvents, runnerOf, succeed, until } from "./workbench.ts";

const recovering = runnerOf(succeed, { recover: async () => outcome.succeeded({ exit_code: 0 }) });

function recoveredBy(fixture: Fixture): string[] {
  return fixture.messages.flatMap((message) => (message as { recovering?: string }).recovering ?? []);
}

function claimedBy(racer: Fixture): string[] | undefined {
  return racer.messages.map((message) => (message as { claimed?: string[] }).claimed).find(Boolean);
}

async function startRecoverer(parameters: { directory: string; wait?: boolean }): Promise<Fixture> {
  const fixture = startFixture("recover-all.ts", parameters);
  await until("the recoverer is ready", () => fixture.messages.includes("ready"));
  return fixture;
}

async function claimsIn(run: string): Promise<string[]> {
  return (await readdir(run)).filter((name) => name.includes("recovery-"));
}

test("of three processes that recover at one moment, exactly one does each run", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  const ids = Array.from({ length: 40 }, (_item, index) => `run-${String(index).padStart(2, "0")}`);
  await leaveBehind(directory, ids);
  const recoverers = await Promise.all([1, 2, 3].map(async () => startRecoverer({ directory })));
  for (const { process: child } of recoverers) child.send("go");
  const ends = await Promise.all(recoverers.map(({ ended }) => ended));
  expect(ends.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
    recoverers.map(() => ({ status: 0, stderr: "" })),
  );
  expect(recoverers.flatMap(recoveredBy).toSorted()).toEqual(ids);
  for (const recoverer of recoverers) {
    for (const id of recoveredBy(recoverer)) {
      const run = path.join(directory, id);
      const result = parseResult(JSON.parse(await readFile(path.join(run, "result.json"), "utf8")));
      expect(result.metadata["by.pid"]).toBe(String(recoverer.process.pid));
      expect((await recordedEvents(run)).filter(({ type }) => type === "finished")).toHaveLength(1);
      expect(await claimsIn(run)).toEqual([]);
    }
  }
});

test("of those who claim a run within the same microseconds exactly one gets it", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  const names = Array.from({ length: 300 }, (_item, index) => `run-${String(index).padStart(3, "0")}`);
  await Promise.all(names.map(async (name) => mkdir(path.join(directory, name))));
  const racers = [1, 2].map(() => startFixture("race-to-claim.ts", { directory, names }));
  try {
    await until("both are ready", () => racers.every(({ messages }) => messages.includes("ready")));
    const start = Date.now() + 100;
    for (const racer of racers) racer.process.send(start);
    await until("both are done", () => racers.every((racer) => claimedBy(racer) !== undefined));
  } finally {
    for (const racer of racers) racer.process.kill("SIGKILL");
    await Promise.all(racers.map(({ ended }) => ended));
  }
  expect(racers.flatMap((racer) => claimedBy(racer) ?? []).toSorted()).toEqual(names);
});

test("recoveries in one process do not share a run either, nor repeat it when one was just done", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  const ids = Array.from({ length: 60 }, (_item, index) => `run-${String(index).padStart(2, "0")}`);
  await leaveBehind(directory, ids);
  const recovered: string[] = [];
  const manual = runnerOf(succeed, {
    recover: async (_invocation, _state, context) => {
      recovered.push(context.runId);
      return outcome.succeeded({ exit_code: 0 });
    },
  });
  const runtimes = [1, 2, 3, 4].map(() => new ExecutorRuntime({ runners: { manual } }));
  const all = await Promise.all(runtimes.map(async (runtime) => recoverAll(runtime, directory)));
  expect(all.flatMap(({ runs }) => runs.map(({ id }) => id)).toSorted()).toEqual(ids);
  expect(recovered.toSorted()).toEqual(ids);
  await Promise.all(runtimes.map(async (runtime) => runtime.close()));
});

test("while a run is being recovered it goes on for everybody else, who may cancel it", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  await leaveBehind(directory, ["a"]);
  const recoverer = await startRecoverer({ directory, wait: true });
  try {
    recoverer.process.send("go");
    await until("the run is being recovered", () => recoveredBy(recoverer).length === 1);
    const { runs, left } = await recoverAll(bench.runtime, directory);
    expect(runs).toEqual([]);
    expect(left).toMatchObject([
      {
        reason: "live",
        message: expect.stringContaining(`process ${recoverer.process.pid} is recovering it`),
      },
    ]);
    const record = await openRun(path.join(directory, "a"));
    expect(record.status).toBe("running");
    expect(await record.cancel("seen enough")).toMatchObject({
      status: "cancelled",
      error_summary: expect.stringContaining("seen enough"),
    });
    expect(await recoverer.ended).toMatchObject({ status: 0 });
    expect(await claimsIn(path.join(directory, "a"))).toEqual([]);
  } finally {
    recoverer.process.kill("SIGKILL");
    await recoverer.ended;
  }
});

test("a stop signal to a process that recovers stops its recoveries, and their results are written", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  await leaveBehind(directory, ["a", "b"]);
  const recoverer = await startRecoverer({ directory, wait: true });
  recoverer.process.send("go");
  await until("both runs are being recovered", () => recoveredBy(recoverer).length === 2);
  recoverer.process.kill("SIGTERM");
  expect(await recoverer.ended).toMatchObject({ signal: "SIGTERM" });
  for (const id of ["a", "b"]) {
    const result: unknown = JSON.parse(await readFile(path.join(directory, id, "result.json"), "utf8"));
    expect(result).toMatchObject({
      status: "cancelled",
      metadata: { "xrt.error_code": "supervisor_stopped" },
    });
  }
});

test("where whoever recovered a run was killed too, the next one takes over", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  const run = path.join(directory, "a");
  await leaveBehind(directory, ["a"]);
  for (const attempt of [1, 2]) {
    const recoverer = await startRecoverer({ directory, wait: true });
    recoverer.process.send("go");
    await until("the run is being recovered", () => recoveredBy(recoverer).length === 1);
    recoverer.process.kill("SIGKILL");
    await recoverer.ended;
    expect(await claimsIn(run)).toHaveLength(attempt);
    expect((await openRun(run)).status).toBe("failed");
  }
  await using runtime = new ExecutorRuntime({ runners: { manual: recovering } });
  const { runs } = await recoverAll(runtime, directory);
  expect(await runs[0]?.result).toMatchObject({ status: "succeeded" });
  expect(await claimsIn(run)).toEqual([]);
  const events = await recordedEvents(run);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index));
});

test.for<[string, (file: string) => Promise<unknown>]>([
  ["nothing", async (file) => writeFile(file, "")],
  ["no identity", async (file) => writeFile(file, '{"pid":"1"}')],
  ["null", async (file) => writeFile(file, "null")],
  ["a directory", async (file) => mkdir(path.join(file, "deep"), { recursive: true })],
  ["a pipe", async (file) => execFileSync("mkfifo", [file])],
])("a claim that is %s is nobody's", async ([, plant]) => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  await leaveBehind(directory, ["a"]);
  await plant(path.join(directory, "a", "recovery-7.json"));
  await using runtime = new ExecutorRuntime({ runners: { manual: recovering } });
  const { runs } = await recoverAll(runtime, directory);
  expect(await runs[0]?.result).toMatchObject({ status: "succeeded" });
  expect(await claimsIn(path.join(directory, "a"))).toEqual([]);
});
