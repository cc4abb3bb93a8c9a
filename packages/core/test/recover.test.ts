import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { outcome, type Json, type RuntimeRunner } from "@xrt/contracts";
import { parseResult } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, openRun, type RuntimeOptions } from "@xrt/core";
import { expect, test } from "vitest";
import { asNobody } from "./as-nobody.ts";
import { leaveBehind, recoverAll } from "./left-behind.ts";
import { openBelow } from "./open-descriptors.ts";
import {
  collect,
  openWorkbench,
  recordedEvents,
  runnerOf,
  succeed,
  until,
  untilStopped,
} from "./workbench.ts";

const recoverAs = (
  recover: RuntimeRunner["recover"],
  members: Partial<RuntimeRunner> = {},
): RuntimeOptions => ({
  runners: { manual: runnerOf(succeed, { ...members, ...(recover && { recover }) }) },
});

async function filesOf(directory: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of await readdir(directory)) {
    if (name !== "artifacts") files[name] = await readFile(path.join(directory, name), "utf8");
  }
  return files;
}

test("a run whose supervisor was killed is handed to its runner's recover, and gets its result", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  const pid = await leaveBehind(directory, ["a"], { fields: { timeout_seconds: 600, metadata: { k: "v" } } });
  let seen: { state: Json; remaining: number } | undefined;
  await using runtime = new ExecutorRuntime(
    recoverAs(async (invocation, state, context) => {
      seen = { state, remaining: context.remainingMs() };
      expect(invocation).toMatchObject({ invocation_id: "a", timeout_seconds: 600, metadata: { k: "v" } });
      expect(Object.isFrozen(invocation)).toBe(true);
      expect(context).toMatchObject({ runId: "a", directory: path.join(directory, "a") });
      await context.stdout.write("and recovered\n");
      context.emit({ type: "progress", phase: "recovering" });
      return outcome.succeeded({ exit_code: 0 });
    }),
  );
  const { runs, left } = await recoverAll(runtime, directory);
  expect(left).toEqual([]);
  expect(runs.map(({ id }) => id)).toEqual(["a"]);
  expect(seen?.state).toEqual({ at: 2 });
  expect(seen?.remaining).toBeGreaterThan(0);
  expect(seen?.remaining).toBeLessThanOrEqual(600_000);

  const run = path.join(directory, "a");
  const result = parseResult(JSON.parse(await readFile(path.join(run, "result.json"), "utf8")));
  expect(result).toEqual(await runs[0]?.result);
  expect(result).toMatchObject({
    schema_version: "0.1",
    status: "succeeded",
    exit_code: 0,
    error_summary: null,
  });
  expect(result.artifacts.map(({ artifact_id }) => artifact_id)).toEqual(["stdout", "stderr", "left.txt"]);
  expect(result.artifacts[0]?.metadata).toEqual({ "xrt.size_bytes": "22" });
  const events = await recordedEvents(run);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index));
  expect(events.map(({ type }) => type)).toEqual([
    "accepted",
    "checkpoint",
    "checkpoint",
    "warning",
    "progress",
    "artifact",
    "finished",
  ]);
  expect(events[3]).toMatchObject({
    code: "supervisor_died",
    message: expect.stringContaining(`pid ${pid}`),
  });
  expect(result.started_at).toBe(events[0]?.time);
  expect(Date.parse(result.finished_at)).toBeGreaterThanOrEqual(Date.parse(result.started_at));

  // The handle reads like any other, and so does the record.
  expect(await text((runs[0] ?? expect.fail()).output())).toBe("printed\nand recovered\n");
  expect((await collect(runs[0]?.events ?? expect.fail())).at(-1)).toMatchObject({
    type: "finished",
    result,
  });
  expect(await (await openRun(run)).result).toEqual(result);
  expect(Object.keys(await filesOf(run)).toSorted()).toEqual([
    "events.ndjson",
    "result.json",
    "stderr.txt",
    "stdout.txt",
  ]);
  expect(openBelow(directory)).toEqual([]);
});

test("recovering twice is the same as once, byte for byte", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  await leaveBehind(directory, ["a"]);
  await using runtime = new ExecutorRuntime({ runsDirectory: directory });
  expect((await recoverAll(runtime)).runs).toHaveLength(1);
  const once = await filesOf(path.join(directory, "a"));
  const { runs, left } = await recoverAll(runtime);
  expect({ runs, reasons: left.map(({ reason }) => reason) }).toEqual({ runs: [], reasons: ["over"] });
  expect(await filesOf(path.join(directory, "a"))).toEqual(once);
});

test.for<[string, RuntimeOptions, string]>([
  ["no runner for its kind", {}, 'no runner is registered for "manual"'],
  ["a runner that cannot recover", recoverAs(undefined), 'the runner for "manual" cannot recover a run'],
])("with %s a run has failed since its supervisor died, and its output is kept", async ([, options, why]) => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  const pid = await leaveBehind(directory, ["a"], { checkpoints: false });
  await using runtime = new ExecutorRuntime(options);
  const { runs } = await recoverAll(runtime, path.join(directory, "a"));
  const result = await runs[0]?.result;
  expect(result).toMatchObject({
    status: "failed",
    exit_code: null,
    error_summary: `the supervisor (pid ${pid}) died before the run ended, and ${why}; its output is kept`,
    stdout_path: path.join(directory, "a", "stdout.txt"),
    stderr_path: path.join(directory, "a", "stderr.txt"),
    metadata: { "xrt.error_code": "supervisor_died", "xrt.run_directory": path.join(directory, "a") },
  });
  expect(result?.artifacts.map(({ path: file }) => path.basename(file))).toEqual([
    "stdout.txt",
    "stderr.txt",
    "left.txt",
  ]);
  expect(await readFile(path.join(directory, "a", "stdout.txt"), "utf8")).toBe("printed\n");
});

test("the result is also written where the invocation wants it", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  const output_result_path = path.join(directory, "wanted.json");
  await leaveBehind(path.join(directory), ["a"], { fields: { output_result_path } });
  await using runtime = new ExecutorRuntime();
  const { runs } = await recoverAll(runtime, directory);
  expect(JSON.parse(await readFile(output_result_path, "utf8"))).toEqual(await runs[0]?.result);
});

test.for<[string, RuntimeRunner["recover"], object]>([
  [
    "throws",
    async () => {
      throw new Error("no way back");
    },
    { status: "failed", error_summary: 'the runner for "manual" failed: no way back' },
  ],
  [
    "breaks its contract",
    async () => ({ status: "fine" }) as never,
    { status: "failed", error_summary: expect.stringContaining("broke its contract: status") },
  ],
  [
    "answers rejected, which a run that was begun cannot be",
    async () => outcome.rejected("invalid_metadata", "not so"),
    { status: "failed", error_summary: "not so", stdout_path: expect.stringContaining("stdout.txt") },
  ],
])("a recover that %s is treated as a run that does", async ([, recover, expected]) => {
  await using bench = await openWorkbench();
  await leaveBehind(bench.directory, ["a"]);
  await using runtime = new ExecutorRuntime(recoverAs(recover));
  const { runs } = await recoverAll(runtime, bench.directory);
  expect(await runs[0]?.result).toMatchObject(expected);
});

test("the host's policy is asked about what was recorded, and its runner is not called against it", async () => {
  await using bench = await openWorkbench();
  await leaveBehind(bench.directory, ["a"]);
  let called = false;
  await using runtime = new ExecutorRuntime({
    ...recoverAs(async () => {
      called = true;
      return outcome.succeeded();
    }),
    policy: ({ command }) => (command[0] === "work" ? "no work today" : undefined),
  });
  const { runs } = await recoverAll(runtime, bench.directory);
  expect(await runs[0]?.result).toMatchObject({
    status: "failed",
    metadata: { "xrt.error_code": "refused_by_policy" },
    error_summary: expect.stringContaining("cannot be recovered: no work today"),
    stdout_path: path.join(bench.directory, "a", "stdout.txt"),
  });
  expect(called).toBe(false);
});

test("a recovery ends with its runtime, and by cancel, like a run", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  await leaveBehind(directory, ["a", "b", "c"]);
  const runtime = new ExecutorRuntime(
    recoverAs(async (invocation, _state, context) => untilStopped(invocation, context)),
  );
  const recovering = runtime.recover(directory)[Symbol.asyncIterator]();
  const a = (await recovering.next()).value ?? expect.fail();
  const b = (await recovering.next()).value ?? expect.fail();
  expect(runtime.active).toEqual([a, b]);
  expect(await a.cancel("seen enough")).toMatchObject({
    status: "cancelled",
    error_summary: expect.stringContaining("seen enough"),
  });
  await runtime.close();
  expect(await b.result).toMatchObject({ status: "cancelled" });
  await expect(recovering.next()).rejects.toThrow("this runtime is closed");
  // What was not begun is as it was, and stays to be recovered.
  expect(Object.keys(await filesOf(path.join(directory, "c"))).toSorted()).toEqual([
    "events.ndjson",
    "stderr.txt",
    "stdout.txt",
  ]);
});

test("however long its deadline is over, a runner has a grace to clear away in, and no more", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  await leaveBehind(directory, ["a"], { fields: { timeout_seconds: 3 } });
  const file = path.join(directory, "a", "events.ndjson");
  const record = await readFile(file, "utf8");
  await writeFile(file, record.replace(/"deadline":"[^"]+"/, '"deadline":"2001-02-03T04:05:06.000Z"'));
  let remaining = 0;
  await using runtime = new ExecutorRuntime(
    recoverAs(
      async (invocation, _state, context) => {
        remaining = context.remainingMs();
        return untilStopped(invocation, context);
      },
      { graceMs: 200 },
    ),
  );
  const { runs } = await recoverAll(runtime, directory);
  expect(await runs[0]?.result).toMatchObject({
    status: "timed_out",
    metadata: { "xrt.error_code": "deadline" },
  });
  expect(remaining).toBeGreaterThan(0);
  expect(remaining).toBeLessThanOrEqual(200);
});

test("a run that lives is not touched, in this process or in another", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  const run = bench.start(untilStopped, { artifact_directory: directory, invocation_id: "a" });
  const before = await filesOf(path.join(directory, "a"));
  const { runs, left } = await recoverAll(bench.runtime, directory);
  expect(runs).toEqual([]);
  expect(left).toEqual([
    {
      directory: run.directory,
      reason: "live",
      message: `${run.directory} is left as it is: its supervisor lives`,
    },
  ]);
  expect(await filesOf(path.join(directory, "a"))).toEqual(before);
  await run.cancel();
  expect((await recoverAll(bench.runtime, directory)).left).toMatchObject([{ reason: "over" }]);
});

test("where the end is in the events and result.json is not, it is written from them, and no runner is called", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  await leaveBehind(directory, ["a"]);
  await using first = new ExecutorRuntime(recoverAs(async () => outcome.succeeded({ exit_code: 7 })));
  const result = await (await recoverAll(first, directory)).runs[0]?.result;
  const file = path.join(directory, "a", "result.json");
  const once = await readFile(file, "utf8");
  await rm(file);
  // A program may have put a link there: it is replaced, and what it leads to is not written.
  await writeFile(path.join(directory, "other"), "of somebody else");
  await symlink(path.join(directory, "other"), file);
  await using second = new ExecutorRuntime();
  const { runs } = await recoverAll(second, directory);
  await using run = runs[0] ?? expect.fail();
  expect(await run.result).toEqual(result);
  expect(run.status).toBe("succeeded");
  expect(await readFile(file, "utf8")).toBe(once);
  expect(await readFile(path.join(directory, "other"), "utf8")).toBe("of somebody else");
});

test("what is no run directory, or cannot be read, is told, and the others are recovered", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  await leaveBehind(directory, ["b", "d"]);
  await mkdir(path.join(directory, "a"));
  await mkdir(path.join(directory, "c"));
  await writeFile(path.join(directory, "c", "events.ndjson"), '{"a":1}\n');
  await writeFile(path.join(directory, "file"), "");
  await symlink(path.join(directory, "b"), path.join(directory, "link"));
  await using runtime = new ExecutorRuntime();
  const { runs, left } = await recoverAll(runtime, directory);
  expect(runs.map(({ id }) => id)).toEqual(["b", "d"]);
  expect(left).toEqual([
    {
      directory: path.join(directory, "a"),
      reason: "not_a_run",
      message: `${path.join(directory, "a")} is not a run directory: it has no events.ndjson`,
    },
    {
      directory: path.join(directory, "c"),
      reason: "not_a_run",
      message: expect.stringContaining("the first line of its events.ndjson is no invocation"),
    },
  ]);
});

test("a run that we may not read is named", async () => {
  await asNobody(async () => {
    await using bench = await openWorkbench();
    const { directory } = bench;
    const run = bench.start(untilStopped, { artifact_directory: directory, invocation_id: "a" });
    await run.cancel();
    await chmod(path.join(directory, "a", "events.ndjson"), 0);
    const { left } = await recoverAll(bench.runtime, directory);
    expect(left).toMatchObject([
      {
        reason: "unreadable",
        message: expect.stringMatching(/\/a is left as it is: it cannot be read: EACCES/),
      },
    ]);
  });
});

if (process.getuid?.() === 0) {
  test("what another user recorded is not followed with our rights", async () => {
    await using bench = await openWorkbench();
    const runs = path.join(bench.directory, "runs");
    await mkdir(runs);
    await chmod(bench.directory, 0o755);
    await chmod(runs, 0o777);
    await leaveBehind(runs, ["a"], { uid: 65_534 });
    const { left } = await recoverAll(bench.runtime, runs);
    expect(left).toMatchObject([
      {
        reason: "unreadable",
        message: expect.stringContaining("it belongs to user 65534, and this is user 0"),
      },
    ]);
  });
}

test("without a directory the runtime's own is taken, and without that there is a sentence", async () => {
  await using bench = await openWorkbench();
  expect(() => bench.runtime.recover()).toThrow(
    "recover(directory): expected a run directory or a folder of such, got nothing; this runtime has no runsDirectory to take instead",
  );
  const missing = path.join(bench.directory, "missing");
  await expect(recoverAll(bench.runtime, missing)).rejects.toThrow(
    `the runs in ${missing} cannot be listed: ENOENT`,
  );
  await using runtime = new ExecutorRuntime({ runsDirectory: bench.directory });
  expect(await recoverAll(runtime)).toEqual({ runs: [], left: [] });
  // It is made with the first run.
  await using unused = new ExecutorRuntime({ runsDirectory: missing });
  expect(await recoverAll(unused)).toEqual({ runs: [], left: [] });
});

test("runs are recovered side by side, each begun when it is asked for", async () => {
  await using bench = await openWorkbench();
  const { directory } = bench;
  const ids = Array.from({ length: 20 }, (_item, index) => `run-${String(index).padStart(2, "0")}`);
  await leaveBehind(directory, ids);
  let begun = 0;
  const all = Promise.withResolvers<void>();
  await using runtime = new ExecutorRuntime(
    recoverAs(async () => {
      begun += 1;
      await all.promise;
      return outcome.succeeded();
    }),
  );
  const recovering = runtime.recover(directory)[Symbol.asyncIterator]();
  await recovering.next();
  await until("the first is begun", () => begun === 1);
  for (let next = await recovering.next(); next.done !== true; next = await recovering.next());
  await until("all are begun", () => begun === ids.length);
  const { active } = runtime;
  expect(active.map(({ id }) => id)).toEqual(ids);
  all.resolve();
  for (const run of active) expect(await run.result).toMatchObject({ status: "succeeded" });
});
