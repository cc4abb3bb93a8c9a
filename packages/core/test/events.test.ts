import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { outcome, type Json, type RunContext, type RunEvent, type RunnerEvent } from "@xrt/contracts";
import { parseInvocation } from "@xrt/contracts/v0.1";
import { expect, test } from "vitest";
import { heardWarnings } from "./heard-warnings.ts";
import { openBelow } from "./open-descriptors.ts";
import { processRunner } from "./process-runner.ts";
import {
  collect,
  directoryOf,
  jsonLines,
  openWorkbench,
  recordedEvents,
  succeed,
  until,
  untilStopped,
  type Work,
} from "./workbench.ts";

const eventful: Work = async (_invocation, context) => {
  context.emit({ type: "started", pid: 7, remote_id: "r-1" });
  context.emit({ type: "progress", phase: "build", done: 1, total: 2 });
  context.emit({ type: "warning", code: "acme.slow", message: "slow" });
  context.emit({ type: "acme.step", data: { list: [1, "two", null, { three: true }] } });
  await context.checkpoint({ at: "half" });
  await context.stdout.write("text");
  return outcome.succeeded();
};

test("events.ndjson begins with the invocation, its paths absolute, and numbers its events from 0 without a gap", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(eventful, {
    working_directory: path.relative(process.cwd(), bench.directory),
    metadata: { note: "kept" },
  });
  const directory = directoryOf(result);
  const [first] = await jsonLines(path.join(directory, "events.ndjson"));
  expect(parseInvocation(first)).toMatchObject({
    invocation_id: result.invocation_id,
    working_directory: bench.directory,
    metadata: { note: "kept" },
  });
  const events = await recordedEvents(directory);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  expect(events).toMatchObject([
    {
      type: "accepted",
      run_directory: directory,
      runtime_kind: "manual",
      runtime_name: "work",
      schema_version: "0.1",
      deadline: null,
      supervisor: { pid: process.pid },
    },
    { type: "started", pid: 7, remote_id: "r-1" },
    { type: "progress", phase: "build", done: 1, total: 2 },
    { type: "warning", code: "acme.slow", message: "slow" },
    { type: "acme.step", data: { list: [1, "two", null, { three: true }] } },
    { type: "checkpoint", state: { at: "half" } },
    { type: "finished", result },
  ]);
  for (const event of events) {
    expect(event).toMatchObject({ event_version: 1, invocation_id: result.invocation_id });
    expect(event.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
});

test("the listener hears the same events, and of all output before finished", async () => {
  await using bench = await openWorkbench();
  const { result, events } = await bench.run(eventful);
  const types = events.map(({ type }) => type);
  expect(types.slice(-2)).toEqual(["output", "finished"]);
  expect(events.filter(({ type }) => type !== "output")).toEqual(await recordedEvents(directoryOf(result)));
  expect(events.find((event) => event.type === "output")).toMatchObject({
    stream: "stdout",
    offset: 0,
    bytes: 4,
  });
});

test("output events tile each stream's bytes, live and afterwards", async () => {
  await using bench = await openWorkbench();
  const run = bench.start(processRunner(), {
    command: ["sh", "-c", "for i in 1 2 3; do echo out$i; echo err$i >&2; sleep 0.1; done"],
  });
  const live = await collect(run.events);
  for (const events of [live, await collect(run.events)]) {
    for (const stream of ["stdout", "stderr"]) {
      let end = 0;
      for (const event of events) {
        if (event.type !== "output" || event.stream !== stream) continue;
        expect(event.offset).toBe(end);
        end += event.bytes;
      }
      expect(end).toBe(15);
    }
  }
  expect(live.filter(({ type }) => type === "output").length).toBeGreaterThan(2);
});

test("any number of readers, early, late and slow, get every event", async () => {
  await using bench = await openWorkbench();
  const go = Promise.withResolvers<void>();
  const run = bench.start(async (_invocation, context) => {
    await go.promise;
    for (let done = 0; done < 200; done += 1) context.emit({ type: "progress", done });
    return outcome.succeeded();
  });
  const kept = async (pause: number): Promise<RunEvent[]> => {
    const events: RunEvent[] = [];
    for await (const event of run.events) {
      if (events.length < 20 && pause > 0) await delay(pause);
      if (event.type !== "output") events.push(event);
    }
    return events;
  };
  const early = [kept(0), kept(2), kept(0)];
  go.resolve();
  const result = await run.result;
  const expected = await recordedEvents(directoryOf(result));
  expect(expected).toHaveLength(202);
  for (const events of [...(await Promise.all(early)), await kept(0)]) expect(events).toEqual(expected);
});

test("leaving the loop early stops nothing and leaves no descriptor open", async () => {
  await using bench = await openWorkbench();
  const run = bench.start(untilStopped);
  for await (const event of run.events) if (event.type === "accepted") break;
  const held = openBelow(bench.directory);
  expect(held.filter((file) => file.endsWith("events.ndjson"))).toHaveLength(1);
  expect(run.status).toBe("running");
  await run.cancel();
  for await (const _event of run.events) break;
  expect(openBelow(bench.directory)).toEqual([]);
});

test("a run without a directory tells its end", async () => {
  await using bench = await openWorkbench();
  const heard: RunEvent[] = [];
  const run = bench.runtime.start(bench.invocation(), { onEvent: (event) => heard.push(event) });
  expect(heard).toEqual([]);
  const result = await run.result;
  expect(heard).toMatchObject([{ type: "finished", seq: 0, result }]);
  expect(await collect(run.events)).toEqual(heard);
  const cancelled = bench.runtime.start(bench.invocation());
  expect((await cancelled.cancel()).status).toBe("rejected");
  expect((await collect(cancelled.events)).map(({ type }) => type)).toEqual(["finished"]);
});

const rejecting: () => unknown = () => Promise.reject(new Error("later"));

test("a listener that throws, or rejects, changes nothing and becomes a process warning", async () => {
  await using bench = await openWorkbench();
  using warnings = heardWarnings("XRT_LISTENER");
  const heard: string[] = [];
  const { result } = await bench.run(
    succeed,
    {},
    {
      onEvent: ({ type }) => {
        heard.push(type);
        throw new Error(`no ${type}, please`);
      },
    },
  );
  expect(result.status).toBe("succeeded");
  expect(heard).toEqual(["accepted", "finished"]);
  await bench.start(succeed, {}, { onEvent: rejecting }).result;
  await until("all are told", () => warnings.all.length === 4);
  expect(warnings.all).toEqual([
    "an onEvent listener threw: no accepted, please",
    "an onEvent listener threw: no finished, please",
    "an onEvent listener threw: later",
    "an onEvent listener threw: later",
  ]);
});

test("a listener may cancel the run from within an event, and hears what comes of it in order", async () => {
  await using bench = await openWorkbench();
  const heard: string[] = [];
  const run = bench.start(
    untilStopped,
    {},
    {
      onEvent: ({ type }) => {
        heard.push(type);
        if (type === "accepted") void run.cancel();
      },
    },
  );
  await run.result;
  expect(heard).toEqual(["accepted", "stopping", "finished"]);
});

test.for<[unknown, string]>([
  [{ type: "finished", result: {} }, "finished"],
  [{ type: "accepted" }, "accepted"],
  [{ type: "output", stream: "stdout", offset: 0, bytes: 1 }, "output"],
  [{ type: "checkpoint", state: 1 }, "checkpoint"],
  [{ type: 7 }, "7"],
  [{}, "nothing"],
  [undefined, "nothing"],
])("a runner cannot emit %j", async ([event, named]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(async (_invocation, context) => {
    try {
      context.emit(event as RunnerEvent);
      return outcome.failed("acme.taken", "it was taken");
    } catch (error) {
      return outcome.succeeded({ metadata: { error: String(error) } });
    }
  });
  expect(result.metadata["error"]).toMatch(/^TypeError: a runner cannot emit /);
  expect(result.metadata["error"]).toContain(named);
});

const circle: { self?: unknown } = {};
circle.self = circle;

test.for<[string, unknown]>([
  ["a circle", circle],
  ["a BigInt", 1n],
])("what JSON cannot carry, %s, is the emitter's error, and later events are kept", async ([, data]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(async (_invocation, context) => {
    expect(() => context.emit({ type: "acme.bad", data: data as Json })).toThrow(TypeError);
    await expect(context.checkpoint(data as Json)).rejects.toThrow(TypeError);
    context.emit({ type: "acme.good", data: null });
    await context.checkpoint({ still: "kept" });
    return outcome.succeeded();
  });
  expect(result.status).toBe("succeeded");
  const events = await recordedEvents(directoryOf(result));
  expect(events.map(({ seq, type }) => [seq, type])).toEqual([
    [0, "accepted"],
    [1, "acme.good"],
    [2, "checkpoint"],
    [3, "finished"],
  ]);
});

test("a runner cannot forge whose event it is, when, or which", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(async (_invocation, context) => {
    const forged = { event_version: 9, seq: 999, time: "never", invocation_id: "other" };
    context.emit({ type: "progress", phase: "x", ...forged });
    return outcome.succeeded();
  });
  const events = await recordedEvents(directoryOf(result));
  expect(events[1]).toMatchObject({
    event_version: 1,
    seq: 1,
    invocation_id: result.invocation_id,
    phase: "x",
    time: expect.stringMatching(/^\d{4}-/) as string,
  });
});

test("what is emitted after the end is dropped with a process warning, and a late checkpoint rejects", async () => {
  await using bench = await openWorkbench();
  using warnings = heardWarnings("XRT_LATE_EVENT");
  let context: RunContext<unknown> | undefined;
  const { result } = await bench.run(async (_invocation, given) => {
    context = given;
    return outcome.succeeded();
  });
  const file = path.join(directoryOf(result), "events.ndjson");
  const before = await readFile(file, "utf8");
  context?.emit({ type: "progress", phase: "late" });
  await expect(context?.checkpoint("late")).rejects.toThrow("a checkpoint came after its run had ended");
  await until("it is told", () => warnings.all.length > 0);
  expect(warnings.all).toEqual(["an event of type progress came after its run had ended, and was dropped"]);
  expect(await readFile(file, "utf8")).toBe(before);
});

test("a checkpoint is on disk when it resolves", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(async (_invocation, context) => {
    await context.checkpoint({ job: 7 });
    const events = await recordedEvents(context.directory);
    return outcome.succeeded({ metadata: { last: JSON.stringify(events.at(-1)) } });
  });
  expect(JSON.parse(result.metadata["last"] ?? "")).toMatchObject({ type: "checkpoint", state: { job: 7 } });
});
