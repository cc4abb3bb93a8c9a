import { execFileSync } from "node:child_process";
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { isXrtError, outcome, type RunEvent } from "@xrt/contracts";
import { parseResult } from "@xrt/contracts/v0.1";
import { openRun } from "@xrt/core";
import { expect, test } from "vitest";
import { asNobody } from "./as-nobody.ts";
import { begun, startFixture, type Fixture } from "./fixture.ts";
import { livingWith } from "./living-processes.ts";
import { openBelow } from "./open-descriptors.ts";
import {
  collect,
  directoryOf,
  openWorkbench,
  recordedEvents,
  succeed,
  untilStopped,
  type Work,
} from "./workbench.ts";

const work: Work = async (_invocation, context) => {
  context.emit({ type: "progress", phase: "half" });
  await context.stdout.write("one\ntwo\n");
  await context.stderr.write("err");
  return outcome.failed("exit_status", "exited with 3", { exit_code: 3 });
};

interface Elsewhere extends AsyncDisposable {
  readonly fixture: Fixture;
  readonly run: string;
}

/** A run under the supervisor of another process, which has begun to print. */
async function runElsewhere(script: string): Promise<Elsewhere> {
  const bench = await openWorkbench();
  const { directory } = bench;
  const command = ["sh", "-c", script, directory];
  const fixture = startFixture("supervise.ts", { directory, command, ids: ["a"] });
  const elsewhere: Elsewhere = {
    fixture,
    run: path.join(directory, ".xrt", "a"),
    async [Symbol.asyncDispose]() {
      fixture.process.kill("SIGKILL");
      await fixture.ended;
      for (const pid of livingWith(directory)) process.kill(pid, "SIGKILL");
      await bench[Symbol.asyncDispose]();
    },
  };
  return begun(elsewhere, fixture.heard("output"));
}

const endless = "echo begun; while :; do sleep 0.1; done";

test("a run that is over is read back: result, events, output, lines", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(work, { invocation_id: "../x" });
  const directory = directoryOf(result);
  const record = await openRun(path.relative(process.cwd(), directory) + path.sep);
  expect(record).toMatchObject({ id: "..%2Fx", directory, status: "failed" });
  expect(await record.result).toEqual(result);
  expect(await record.cancel("too late")).toEqual(result);
  const events = await collect(record.events);
  expect(events.filter(({ type }) => type !== "output")).toEqual(await recordedEvents(directory));
  expect(events.map(({ type }) => type).slice(-3)).toEqual(["output", "output", "finished"]);
  expect(await text(record.output())).toBe("one\ntwo\n");
  expect(await text(record.output("stdout", { from: 4 }))).toBe("two\n");
  expect(await text(record.output("stderr"))).toBe("err");
  expect(await collect(record.lines())).toEqual(["one", "two"]);
  for await (const _event of record.events) break;
  expect(openBelow(bench.directory)).toEqual([]);
});

test("a run of another process is followed to its end, by any number of readers", async () => {
  await using elsewhere = await runElsewhere(
    "echo begun; until [ -e go ]; do sleep 0.05; done; echo on; echo err >&2; echo end",
  );
  const record = await openRun(elsewhere.run);
  expect(record.status).toBe("running");
  const readers = Promise.all([collect(record.lines()), text(record.output("stderr"))]);
  const events: RunEvent[] = [];
  const lines = record.lines()[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("begun");
  await lines.return?.();
  await writeFile(path.join(elsewhere.run, "..", "..", "go"), "");
  for await (const event of record.events) events.push(event);
  expect(await readers).toEqual([["begun", "on", "end"], "err\n"]);
  const result = await record.result;
  expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
  expect(record.status).toBe("succeeded");
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(["accepted", "started", "output"]));
  expect(events.at(-1)).toMatchObject({ type: "finished", result });
  await elsewhere.fixture.ended;
  expect(parseResult(JSON.parse(await readFile(path.join(elsewhere.run, "result.json"), "utf8")))).toEqual(
    result,
  );
});

test("a run of another process is cancelled from here, with the reason given", async () => {
  await using elsewhere = await runElsewhere(endless);
  const record = await openRun(elsewhere.run);
  const result = await record.cancel("seen enough");
  expect(result).toMatchObject({ status: "cancelled", metadata: { "xrt.error_code": "cancelled" } });
  expect(result.error_summary).toContain("seen enough");
  expect(await elsewhere.fixture.ended).toMatchObject({ status: 0 });
  const stopping = (await collect(record.events)).find((event) => event.type === "stopping");
  expect(stopping).toMatchObject({ cause: "cancelled", reason: "seen enough" });
});

test("where the supervisor was killed the run has failed, its output is kept, and nobody waits", async () => {
  await using elsewhere = await runElsewhere(endless);
  const record = await openRun(elsewhere.run);
  const reading = [collect(record.events), record.result, text(record.output())] as const;
  elsewhere.fixture.process.kill("SIGKILL");
  const [events, result, output] = await Promise.all(reading);
  expect(result).toMatchObject({
    invocation_id: "a",
    runtime_kind: "subprocess",
    status: "failed",
    exit_code: null,
    stdout_path: path.join(elsewhere.run, "stdout.txt"),
    metadata: { "xrt.error_code": "supervisor_died", "xrt.run_directory": elsewhere.run },
  });
  expect(result.error_summary).toContain(`pid ${elsewhere.fixture.process.pid}`);
  expect(parseResult(result)).toEqual(result);
  expect(output).toBe("begun\n");
  expect(events.at(-1)).toMatchObject({ type: "finished", result });
  expect(record.status).toBe("failed");
  // Whoever comes later learns the same, and so does one who would cancel.
  const late = await openRun(elsewhere.run);
  expect(await late.result).toEqual(result);
  expect(await late.cancel()).toEqual(result);
});

test("a run whose supervisor died ended when it last wrote, whatever happened in its directory since", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(work);
  const directory = directoryOf(result);
  // The record of a run that is over, without its end: its supervisor never came to write it.
  await rm(path.join(directory, "result.json"));
  const file = path.join(directory, "events.ndjson");
  const [invocation = "", accepted = ""] = (await readFile(file, "utf8")).split("\n");
  const began = Date.parse((JSON.parse(accepted) as RunEvent).time);
  await writeFile(file, `${invocation}\n${accepted.replace(/"pid":\d+/, '"pid":4194304')}\n`);
  const touch = async (name: string, ms: number): Promise<void> =>
    utimes(path.join(directory, name), new Date(ms), new Date(ms));
  await touch("events.ndjson", began + 1000);
  await touch("stdout.txt", began + 3000);
  await touch("stderr.txt", began + 2000);
  await writeFile(path.join(directory, "looked-at"), "");
  const ended = async (): Promise<number> =>
    Date.parse((await (await openRun(directory)).result).finished_at);
  expect((await (await openRun(directory)).result).metadata["xrt.error_code"]).toBe("supervisor_died");
  expect(await ended()).toBe(began + 3000);
  // A copy may have lost the times of the original: no run ends before it began.
  for (const name of ["events.ndjson", "stdout.txt", "stderr.txt"]) await touch(name, began - 60_000);
  expect(await ended()).toBe(began);
});

test.for<[string, (directory: string) => Promise<unknown>, string]>([
  ["is not there", async () => undefined, "it has no events.ndjson"],
  ["is empty", async (directory) => mkdir(directory), "it has no events.ndjson"],
  ["is a file", async (directory) => writeFile(directory, ""), "it has no events.ndjson"],
  [
    "holds something else",
    async (directory) => {
      await mkdir(directory);
      await writeFile(path.join(directory, "events.ndjson"), '{"a":1}\n{"b":2}\n');
    },
    "the first line of its events.ndjson is no invocation",
  ],
  [
    "holds no JSON",
    async (directory) => {
      await mkdir(directory);
      await writeFile(path.join(directory, "events.ndjson"), "a\nb\n");
    },
    "the first line of its events.ndjson is no invocation",
  ],
])("what %s is no run directory", async ([, make, sentence]) => {
  await using bench = await openWorkbench();
  const directory = path.join(bench.directory, "run");
  await make(directory);
  const error: unknown = await openRun(directory).catch((thrown: unknown) => thrown);
  expect(isXrtError(error) && error.code).toBe("ERR_XRT_INVALID_DOCUMENT");
  expect(String(error)).toContain(`${directory} is not a run directory: ${sentence}`);
});

test("a record torn after its first line, or in its last, is read as far as it goes", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(work);
  const directory = directoryOf(result);
  const file = path.join(directory, "events.ndjson");
  const whole = await readFile(file, "utf8");
  await appendFile(file, '{"event_version":1,"seq":9');
  expect(await (await openRun(directory)).result).toEqual(result);

  await rm(path.join(directory, "result.json"));
  await writeFile(file, whole.slice(0, whole.indexOf("\n") + 1));
  const dead = await (await openRun(directory)).result;
  expect(dead).toMatchObject({ status: "failed", metadata: { "xrt.error_code": "supervisor_died" } });
});

test.for<[string, (file: string) => Promise<unknown>]>([
  ["no JSON", async (file) => writeFile(file, "{")],
  ["no result", async (file) => writeFile(file, "{}")],
  ["a directory", async (file) => mkdir(file)],
  ["a pipe", async (file) => execFileSync("mkfifo", [file])],
])("a result.json that is %s makes the run a failed one: the result never rejects", async ([, plant]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(succeed);
  const file = path.join(directoryOf(result), "result.json");
  await rm(file);
  await plant(file);
  const record = await openRun(directoryOf(result));
  expect(await record.result).toMatchObject({ status: "failed", metadata: { "xrt.error_code": "storage" } });
  expect((await record.result).error_summary).toContain("its result.json cannot be read");
});

test("where result.json could not be written, the events tell the end, though the supervisor lives on", async () => {
  await asNobody(async () => {
    await using bench = await openWorkbench();
    const go = Promise.withResolvers<void>();
    const run = bench.start(async (_invocation, { directory }) => {
      await go.promise;
      await chmod(directory, 0o500);
      return outcome.succeeded({ exit_code: 0 });
    });
    const record = await openRun(run.directory ?? "");
    const waiting = record.result;
    go.resolve();
    const result = await run.result;
    expect(result.metadata["xrt.result_error"]).toContain("EACCES");
    expect(await waiting).toEqual(result);
    expect(record.status).toBe("succeeded");
    await chmod(run.directory ?? "", 0o700);
  });
});

test.for<[string, (result: object) => string]>([
  ["a result of its own making", (result) => JSON.stringify(result)],
  ["no JSON", () => "{"],
])("%s that a run puts into result.json is not believed while it goes on", async ([, plant]) => {
  await using bench = await openWorkbench();
  const { result: earlier } = await bench.run(succeed, { invocation_id: "a" });
  const run = bench.start(untilStopped, { invocation_id: "a" });
  const directory = run.directory ?? "";
  const record = await openRun(directory);
  const waiting = record.result;
  const output = text(record.output());
  await writeFile(path.join(directory, "result.json"), plant(earlier));
  expect(record.status).toBe("running");
  expect((await openRun(directory)).status).toBe("running");
  const result = await run.cancel();
  expect(result.status).toBe("cancelled");
  expect(await waiting).toEqual(result);
  expect(await output).toBe("");
  expect(record.status).toBe("cancelled");
});

test("a result.json that differs from the recorded end is not believed while the supervisor lives", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(work);
  const file = path.join(directoryOf(result), "result.json");
  const record = await openRun(directoryOf(result));
  await writeFile(file, JSON.stringify({ ...result, status: "succeeded", exit_code: 0 }));
  expect(record.status).toBe("running");
  expect(await record.result).toEqual(result);
});

test("where a run has deleted its events, its result.json is not believed, and nobody waits", async () => {
  await using bench = await openWorkbench();
  const { result: earlier } = await bench.run(succeed);
  const run = bench.start(untilStopped);
  const directory = run.directory ?? "";
  const record = await openRun(directory);
  await rm(path.join(directory, "events.ndjson"));
  await writeFile(path.join(directory, "result.json"), JSON.stringify(earlier));
  expect(await record.result).toMatchObject({ status: "failed", metadata: { "xrt.error_code": "storage" } });
  expect((await record.result).error_summary).toContain("nothing else tells that the run has ended");
  await run.cancel();
});

test("a run directory that is deleted is waited for no longer", async () => {
  await using bench = await openWorkbench();
  const run = bench.start(untilStopped);
  const directory = run.directory ?? "";
  const record = await openRun(directory);
  const { result } = record;
  expect(record.status).toBe("running");
  await rm(directory, { recursive: true });
  expect(await result).toMatchObject({ status: "failed", metadata: { "xrt.error_code": "storage" } });
  await run.cancel();
});

test("a run directory may be moved once its run is over", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(work);
  const moved = path.join(bench.directory, "moved");
  await rename(directoryOf(result), moved);
  const record = await openRun(moved);
  expect(record).toMatchObject({ id: "moved", directory: moved, status: "failed" });
  expect(await text(record.output())).toBe("one\ntwo\n");
});

test("the supervisor of a run is told from a later process of the same number", async () => {
  await using bench = await openWorkbench();
  const run = bench.start(untilStopped);
  const other = path.join(bench.directory, "other");
  await mkdir(other);
  const file = path.join(run.directory ?? "", "events.ndjson");
  // The same record, but for when its supervisor began: whoever has this number now is somebody else.
  const lines = (await readFile(file, "utf8")).replace(/"process_start":"\d+"/, '"process_start":"1"');
  await writeFile(path.join(other, "events.ndjson"), lines);
  expect((await openRun(other)).status).toBe("failed");
  // Whatever ran before this machine was started again is gone.
  const earlier = lines.replace(/"boot_id":"[^"]*"/, '"boot_id":"of another boot"');
  await writeFile(path.join(other, "events.ndjson"), earlier);
  expect((await openRun(other)).status).toBe("failed");
  // Of another machine nothing can be told from here: it counts as alive.
  const elsewhere = earlier.replace(/"host_name":"[^"]*"/, '"host_name":"other.example"');
  await writeFile(path.join(other, "events.ndjson"), elsewhere);
  expect((await openRun(other)).status).toBe("running");
  await run.cancel();
  const [, , ...later] = (await readFile(file, "utf8")).split("\n");
  await appendFile(path.join(other, "events.ndjson"), later.join("\n"));
  await copyFile(path.join(run.directory ?? "", "result.json"), path.join(other, "result.json"));
  expect((await openRun(other)).status).toBe("cancelled");
});

test.for<[string, (file: string) => Promise<unknown>, string]>([
  ["a reason", async (file) => writeFile(file, '{"reason":"the run itself"}'), "the run itself"],
  ["nothing", async (file) => writeFile(file, ""), "another process asked for it"],
  ["no text", async (file) => writeFile(file, '{"reason":7}'), "another process asked for it"],
  ["null", async (file) => writeFile(file, "null"), "another process asked for it"],
  [
    "far too much",
    async (file) => writeFile(file, `"${"x".repeat(100_000)}"`),
    "another process asked for it",
  ],
  ["a pipe", async (file) => execFileSync("mkfifo", [file]), "another process asked for it"],
])(
  "a run that puts %s into its own cancel.json ends itself, and holds nobody up",
  async ([, plant, reason]) => {
    await using bench = await openWorkbench();
    const other = bench.start(untilStopped);
    const { result } = await bench.run(async (invocation, context) => {
      // In one step: it is looked at by a timer, which could come between the making of the file and its filling.
      const beside = path.join(context.directory, "cancel.json.new");
      await plant(beside);
      await rename(beside, path.join(context.directory, "cancel.json"));
      return untilStopped(invocation, context);
    });
    expect(result).toMatchObject({ status: "cancelled" });
    expect(result.error_summary).toContain(reason);
    expect(other.status).toBe("running");
  },
);

test("following takes no more than the file has, while its writer goes on", async () => {
  await using bench = await openWorkbench();
  const go = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const run = bench.start(async (_invocation, { stdout }) => {
    await stdout.write("first");
    begun.resolve();
    await go.promise;
    await stdout.write(" second");
    return outcome.succeeded();
  });
  await begun.promise;
  const record = await openRun(run.directory ?? "");
  const reader = record.output().getReader();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("first");
  expect(await text(record.output("stdout", { follow: false }))).toBe("first");
  go.resolve();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(" second");
  expect((await reader.read()).done).toBe(true);
});
