import { statSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { outcome, type Limits, type Outcome, type RunEvent, type RuntimeRunner } from "@xrt/contracts";
import * as v02 from "@xrt/contracts/v0.2";
import { describe, expect, test } from "vitest";
import { processRunner } from "./process-runner.ts";
import { openWorkbench, runnerOf, succeed, until, untilStopped, type Work } from "./workbench.ts";

type Result = Awaited<ReturnType<v02.Runtime["run"]>>;

/** What a run under limits ends in, and what was heard of it. */
async function limited(
  limits: Limits,
  runner: RuntimeRunner,
  fields: Partial<v02.RuntimeInvocation> = {},
  use: (result: Result) => void = () => undefined,
): Promise<{ result: Result; events: RunEvent[]; stopping: (RunEvent & { type: "stopping" })[] }> {
  await using bench = await openWorkbench();
  const events: RunEvent[] = [];
  const invocation = v02.createInvocation({
    runtime_kind: "manual",
    command: ["work"],
    working_directory: bench.directory,
    limits,
    ...fields,
  });
  const onEvent = (event: RunEvent): number => events.push(event);
  const result = await bench.runtime.run(invocation, { runner, onEvent });
  // While its files are there.
  use(result);
  return { result, events, stopping: events.filter((event) => event.type === "stopping") };
}

const shell = (script: string): Partial<v02.RuntimeInvocation> => ({ command: ["sh", "-c", script] });

const writeUntilStopped: Work = async (_invocation, { stdout, signal }) => {
  while (!signal.aborted) {
    await stdout.write("x".repeat(100));
    await delay(1);
  }
  throw signal.reason;
};

const printWhenStopped: Work = async (_invocation, { stdout, signal }) => {
  await new Promise((resolve) => {
    signal.addEventListener("abort", resolve, { once: true });
  });
  await stdout.write("more than ten bytes");
  throw signal.reason;
};

const answerStop =
  (answer: (reason: Error) => Outcome): Work =>
  (invocation, context) =>
    untilStopped(invocation, context).catch((reason: unknown) => answer(reason as Error));

function timedOut(message: string): Outcome {
  return { status: "timed_out", error: { code: "deadline", message } };
}

describe("limits.output_bytes", () => {
  test("stops a process that prints more, and keeps what it printed", async () => {
    let size = 0;
    const { result, stopping } = await limited(
      { output_bytes: 50_000 },
      processRunner(),
      shell("yes"),
      ({ stdout_path }) => (size = statSync(String(stdout_path)).size),
    );
    const message =
      "the manual run printed more than the 50000 bytes that its limits.output_bytes allows; what it had printed is kept";
    expect(result).toMatchObject({
      status: "failed",
      error: { code: "limit_exceeded", message },
      error_summary: message,
    });
    expect(stopping).toMatchObject([{ cause: "limit", reason: message }]);
    expect(size).toBeGreaterThan(50_000);
    expect(result.artifacts[0]).toMatchObject({ artifact_id: "stdout", size_bytes: size });
  });

  test("counts both streams together", async () => {
    const { result } = await limited(
      { output_bytes: 5 },
      processRunner(),
      shell("echo out; echo err >&2; sleep 600"),
    );
    expect(result.error?.code).toBe("limit_exceeded");
    const exact = await limited({ output_bytes: 8 }, processRunner(), shell("echo out; echo err >&2"));
    expect(exact.result.status).toBe("succeeded");
  });

  test("holds for a runner that writes itself", async () => {
    const { result, stopping } = await limited({ output_bytes: 1000 }, runnerOf(writeUntilStopped));
    expect(result).toMatchObject({ status: "failed", error: { code: "limit_exceeded" } });
    expect(stopping).toMatchObject([{ cause: "limit" }]);
  });

  test.for<[string, string]>([
    ["succeeded", "printf too-much"],
    ["failed", "printf too-much; exit 3"],
  ])("holds for a process that had %s by itself before anybody looked", async ([, script]) => {
    const { result } = await limited({ output_bytes: 7 }, processRunner(), shell(script));
    expect(result).toMatchObject({ status: "failed", error: { code: "limit_exceeded" } });
  });

  test("holds for what a runner wrote without waiting", async () => {
    const { result, stopping } = await limited(
      { output_bytes: 100_000 },
      runnerOf(async (_invocation, { stdout }) => {
        void stdout.write("x".repeat(60_000));
        void stdout.write("x".repeat(60_000));
        return outcome.succeeded({ exit_code: 0 });
      }),
    );
    expect(result).toMatchObject({ status: "failed", exit_code: 0, error: { code: "limit_exceeded" } });
    expect(stopping).toEqual([]);
  });

  test("is not told by a runner that answers the stop with a success or a cancel", async () => {
    for (const answer of [outcome.succeeded({ exit_code: 0 }), { status: "cancelled" } as const]) {
      const { result } = await limited(
        { output_bytes: 1000 },
        runnerOf((invocation, context) => writeUntilStopped(invocation, context).catch(() => answer)),
      );
      expect(result).toMatchObject({ status: "failed", error: { code: "limit_exceeded" } });
    }
  });

  test("kills at once what goes on to print as much again in its grace", async () => {
    const script = "trap '' TERM; while :; do echo again; done";
    const { result, stopping } = await limited(
      { output_bytes: 1000 },
      // Nobody would wait so long for the test.
      processRunner({ graceMs: 3_600_000 }),
      shell(script),
    );
    expect(stopping).toMatchObject([{ cause: "limit", grace_ms: 3_600_000 }]);
    expect(result).toMatchObject({ status: "failed", error: { code: "limit_exceeded" } });
  });

  test("leaves a run that was cancelled first what it is", async () => {
    await using bench = await openWorkbench();
    const invocation = v02.createInvocation({
      runtime_kind: "manual",
      command: ["work"],
      working_directory: bench.directory,
      limits: { output_bytes: 10 },
    });
    const run = bench.runtime.start(invocation, { runner: runnerOf(printWhenStopped) });
    expect(await run.cancel()).toMatchObject({ status: "cancelled", error: { code: "cancelled" } });
  });

  test("says so where its runner does not stop", async () => {
    const { result } = await limited(
      { output_bytes: 10 },
      runnerOf(
        async (_invocation, { stdout }) => {
          await stdout.write("more than ten bytes");
          return new Promise(() => undefined);
        },
        { graceMs: 0 },
      ),
    );
    expect(result).toMatchObject({ status: "failed", error: { code: "runner_did_not_stop" } });
    expect(result.error_summary).toContain("limits.output_bytes");
  });
});

describe("limits.idle_seconds", () => {
  test("ends a process that prints nothing for so long as timed_out", async () => {
    const { result, stopping } = await limited({ idle_seconds: 0.2 }, processRunner(), shell("sleep 600"));
    const sentence =
      "the manual run printed nothing for 0.2 seconds, as long as its limits.idle_seconds allows";
    expect(result).toMatchObject({
      status: "timed_out",
      error: { code: "idle", message: `timeout: ${sentence}` },
      error_summary: `timeout: ${sentence}`,
    });
    expect(stopping).toMatchObject([{ cause: "deadline", reason: sentence }]);
    expect(result.usage?.wall_ms).toBeGreaterThanOrEqual(200);
  });

  // Each wait is a tenth of the limit, and all together are longer than it.
  test.concurrent.for([
    ["byte on either stream", "for i in 1 2 3 4 5 6; do echo; sleep 0.4; echo >&2; sleep 0.4; done"],
    [
      "byte that replaces another",
      "for i in 1 2 3 4 5 6 7 8 9 10 11; do echo > /dev/stdout; sleep 0.4; done",
    ],
  ])("begins again with every %s", async ([, script = ""]) => {
    const { result } = await limited({ idle_seconds: 4 }, processRunner(), shell(script));
    expect(result).toMatchObject({ status: "succeeded" });
    expect(result.usage?.wall_ms).toBeGreaterThan(4000);
  });

  test("is shorter than the deadline, or the deadline comes first", async () => {
    const { result } = await limited({ idle_seconds: 600 }, processRunner(), {
      ...shell("sleep 600"),
      timeout_seconds: 0.1,
    });
    expect(result).toMatchObject({ status: "timed_out", error: { code: "deadline" } });
  });

  test("lets an outcome of the grace stand, and names what it was stopped for", async () => {
    const done = await limited({ idle_seconds: 0.05 }, runnerOf(answerStop(() => outcome.succeeded())));
    expect(done.result.status).toBe("succeeded");
    const told = await limited(
      { idle_seconds: 0.05 },
      runnerOf(answerStop(({ message }) => timedOut(`${message}: killed`))),
    );
    expect(told.result.error).toEqual({
      code: "idle",
      message:
        "the manual run printed nothing for 0.05 seconds, as long as its limits.idle_seconds allows: killed",
    });
    const wrong = await limited(
      { idle_seconds: 0.05 },
      runnerOf(answerStop(() => timedOut("it took over an hour"))),
    );
    expect(wrong.result.error).toMatchObject({
      code: "idle",
      message: expect.stringContaining("limits.idle_seconds") as string,
    });
  });

  test("does not count the time that this process was held up while the run printed", async () => {
    await using bench = await openWorkbench();
    const invocation = v02.createInvocation({
      runtime_kind: "manual",
      command: [
        "sh",
        "-c",
        "until test -e go; do sleep 0.05; done; echo; until test -e end; do sleep 0.05; done",
      ],
      working_directory: bench.directory,
      limits: { idle_seconds: 3 },
    });
    const run = bench.runtime.start(invocation, { runner: processRunner() });
    const events: RunEvent["type"][] = [];
    const listening = (async () => {
      for await (const { type } of run.events) events.push(type);
    })();
    await until("it has started", () => events.includes("started"));
    // Nothing of ours turns meanwhile, while the run goes on.
    writeFileSync(`${bench.directory}/go`, "");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3500);
    writeFileSync(`${bench.directory}/end`, "");
    expect(await run.result).toMatchObject({ status: "succeeded" });
    await listening;
  });
});

describe("a limit that nobody keeps", () => {
  test("is rejected, naming the fields, the runner and what it supports", async () => {
    const { result } = await limited({ memory_bytes: 1, processes: 2, output_bytes: 3 }, runnerOf(succeed));
    expect(result).toMatchObject({
      status: "rejected",
      error: { code: "unsupported_field" },
      run_directory: null,
    });
    expect(result.error_summary).toBe(
      'limits.memory_bytes and limits.processes: not supported by the runner for "manual", which supports limits.output_bytes, limits.idle_seconds; leave it out, or register a runner that keeps it',
    );
  });

  test("is what a runner does not list in supports", async () => {
    const runner = runnerOf(
      async ({ limits }) => outcome.succeeded({ metadata: { limits: JSON.stringify(limits) } }),
      {
        supports: ["limits.memory_bytes"],
      },
    );
    const kept = await limited({ memory_bytes: 1 }, runner);
    expect(kept.result).toMatchObject({ status: "succeeded", metadata: { limits: '{"memory_bytes":1}' } });
    const refused = await limited({ memory_bytes: 1, cpu_seconds: 0.5 }, runner);
    expect(refused.result).toMatchObject({ status: "rejected", error: { code: "unsupported_field" } });
    expect(refused.result.error_summary).toContain(
      'limits.cpu_seconds: not supported by the runner for "manual", which supports limits.output_bytes, limits.idle_seconds, limits.memory_bytes;',
    );
  });

  test.for<Limits | null>([{}, { memory_bytes: undefined }, null])("is not %j", async (limits) => {
    const { result } = await limited({}, runnerOf(succeed), { limits });
    expect(result.status).toBe("succeeded");
  });

  test("is refused from the metadata of v0.1 too", async () => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(succeed, { metadata: { "xrt.limits": '{ "cpu_seconds": 1 }' } });
    expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "unsupported_field" } });
  });

  test.for<unknown>(["limits.memory_bytes", [7], null])(
    "cannot be told of by the supports %j",
    async (supports) => {
      const { result } = await limited({}, runnerOf(succeed, { supports: supports as string[] }));
      expect(result).toMatchObject({ status: "rejected", error: { code: "no_runner" } });
      expect(result.error_summary).toContain('expected a list of fields, such as ["limits.memory_bytes"]');
    },
  );
});

test("the limits in the metadata of v0.1 are kept", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(untilStopped, {
    metadata: { "xrt.limits": '{ "idle_seconds": 0.05 }' },
  });
  expect(result).toMatchObject({ status: "timed_out", metadata: { "xrt.error_code": "idle" } });
});
