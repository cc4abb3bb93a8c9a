import { outcome, type RuntimeRunner } from "@xrt/contracts";
import { ExecutorRuntime, type RuntimeOptions } from "@xrt/core";
import { expect, test } from "vitest";
import { openWorkbench, runnerOf, succeed, type Work } from "./workbench.ts";

const answer =
  (text: string): Work =>
  async () =>
    outcome.succeeded({ metadata: { by: text } });

test("register adds a runner, and replaces the one before", async () => {
  await using bench = await openWorkbench({ runners: { manual: runnerOf(answer("first")) } });
  const { runtime } = bench;
  expect(runtime.isRegistered("http")).toBe(false);
  expect(runtime.register("http", runnerOf(succeed))).toBe(runtime);
  expect(runtime.isRegistered("http")).toBe(true);
  expect(runtime.kinds).toEqual(["manual", "http"]);
  expect((await runtime.run(bench.invocation())).metadata["by"]).toBe("first");
  runtime.register("manual", runnerOf(answer("second")));
  expect((await runtime.run(bench.invocation())).metadata["by"]).toBe("second");
  expect(runtime.kinds).toEqual(["manual", "http"]);
});

test("a run in flight keeps its runner when another takes its place", async () => {
  await using bench = await openWorkbench();
  const gate = Promise.withResolvers<void>();
  bench.runtime.register(
    "manual",
    runnerOf(async () => {
      await gate.promise;
      return outcome.succeeded({ metadata: { by: "first" } });
    }),
  );
  const run = bench.runtime.start(bench.invocation());
  bench.runtime.register("manual", runnerOf(answer("second")));
  gate.resolve();
  expect((await run.result).metadata["by"]).toBe("first");
});

test("a runner given for one run serves that run alone", async () => {
  await using bench = await openWorkbench({ runners: { manual: runnerOf(answer("registered")) } });
  const own = await bench.runtime.run(bench.invocation(), { runner: runnerOf(answer("given")) });
  expect(own.metadata["by"]).toBe("given");
  expect((await bench.runtime.run(bench.invocation())).metadata["by"]).toBe("registered");
  const unregistered = bench.invocation({ runtime_kind: "container" });
  expect((await bench.runtime.run(unregistered, { runner: runnerOf(answer("given")) })).metadata["by"]).toBe(
    "given",
  );
});

test.for([
  ["2.0", 'the runner for "manual" was written for runner interface 2.0, and this runtime serves 1.0'],
  ["1.7", 'the runner for "manual" was written for runner interface 1.7, and this runtime serves 1.0'],
  ["0.9", "runner interface 0.9"],
  ["one", "is not a runner"],
  [undefined, "is not a runner"],
] as const)("interface version %s is refused, naming both", async ([version, sentence]) => {
  const runner = { interfaceVersion: version, run: succeed } as unknown as RuntimeRunner;
  const refusal = {
    code: "ERR_XRT_INCOMPATIBLE_RUNNER",
    message: expect.stringContaining(sentence) as string,
  };
  await using bench = await openWorkbench();
  expect(() => bench.runtime.register("manual", runner)).toThrow(expect.objectContaining(refusal));
  expect(() => new ExecutorRuntime({ runners: { manual: runner } })).toThrow(
    expect.objectContaining(refusal),
  );
  // For one run it is that run's own: its result says so.
  const { result } = await bench.run(runner);
  expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "no_runner" } });
  expect(result.error_summary).toContain(sentence);
});

test.for([
  [null, "is not a runner"],
  [{ interfaceVersion: "1.0" }, "expected a run() method"],
  [runnerOf(succeed, { graceMs: Number.POSITIVE_INFINITY }), "graceMs Infinity"],
  [runnerOf(succeed, { graceMs: -1 }), "graceMs -1"],
  [runnerOf(succeed, { defaultTimeoutSeconds: 0 }), "defaultTimeoutSeconds 0"],
  [runnerOf(succeed, { defaultTimeoutSeconds: Number.NaN }), "defaultTimeoutSeconds NaN"],
] as const)("what cannot serve is refused: %j", ([runner, sentence]) => {
  const runtime = new ExecutorRuntime();
  expect(() => runtime.register("manual", runner as RuntimeRunner)).toThrow(sentence);
  expect(runtime.kinds).toEqual([]);
});

test.for([
  ["defaultTimeoutSeconds", 0, "a number of seconds above 0, got 0"],
  ["defaultTimeoutSeconds", Number.NaN, "a number of seconds above 0, got NaN"],
  ["maxTimeoutSeconds", -5, "a number of seconds above 0, got -5"],
  ["maxTimeoutSeconds", "60", 'a number of seconds above 0, got "60"'],
  ["policy", "none", 'a function, got "none"'],
  ["runsDirectory", 5, "a path, got 5"],
  ["handleSignals", "no", 'true or false, got "no"'],
  ["maxGraceMs", -1, "a number of milliseconds, 0 or more, got -1"],
  ["maxGraceMs", null, "a number of milliseconds, 0 or more, got null"],
] as const)("the option %s: %s is refused with a RangeError", ([name, value, sentence]) => {
  expect(() => new ExecutorRuntime({ [name]: value })).toThrow(
    new RangeError(`${name}: expected ${sentence}`),
  );
});

test("an option that is not known is refused, with the one that was meant", () => {
  const options = { maxTimeoutSecond: 5 } as RuntimeOptions;
  expect(() => new ExecutorRuntime(options)).toThrow(
    /^maxTimeoutSecond: unknown key, did you mean "maxTimeoutSeconds"\?/,
  );
  expect(() => new ExecutorRuntime(null as unknown as RuntimeOptions)).toThrow(
    "expected an object, got null",
  );
});

test("a default or a maximum without end, and a grace of 0, are options", () => {
  const options = { defaultTimeoutSeconds: Infinity, maxTimeoutSeconds: Infinity, maxGraceMs: 0 };
  expect(new ExecutorRuntime(options).kinds).toEqual([]);
});
