import { encodeResult, latestResult } from "@xrt/contracts/codec";
import { getEventListeners } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { ManualRunner, type Dispatcher } from "../src/index.ts";
import { openWorkbench } from "./workbench.ts";

const never = new Promise<never>(() => undefined);

test("an outcome comes back, from a synchronous dispatcher as from an asynchronous one", async () => {
  const dispatchers: Record<string, Dispatcher> = {
    sync: () => ({ status: "succeeded", exit_code: 0, metadata: { by: "sync" } }),
    async: async () => {
      await delay(1);
      return { status: "succeeded", exit_code: 0, metadata: { by: "async" } };
    },
  };
  await using bench = await openWorkbench(dispatchers);
  for (const runtime_name of Object.keys(dispatchers)) {
    expect(await bench.run({ runtime_name })).toMatchObject({
      status: "succeeded",
      exit_code: 0,
      runtime_name,
      metadata: { by: runtime_name },
    });
  }
});

test("a dispatcher writes output, and leaves artifacts, through its context", async () => {
  await using bench = await openWorkbench(async (invocation, context) => {
    await context.stdout.write(`reviewing ${invocation.command.join(" ")}\n`);
    return { status: "succeeded" };
  });
  const result = await bench.run({ command: ["review", "it"] });
  expect(await readFile(result.stdout_path ?? "", "utf8")).toBe("reviewing review it\n");
});

test("a name that no dispatcher has is rejected, with the known and the nearest", async () => {
  await using bench = await openWorkbench({
    reviewer: () => ({ status: "succeeded" }),
    builder: () => ({ status: "succeeded" }),
  });
  const result = await bench.run({ runtime_name: "reviewr" });
  expect(result).toMatchObject({
    status: "rejected",
    error_summary:
      'no dispatcher registered for runtime_name="reviewr", did you mean "reviewer"? (known: "reviewer", "builder")',
    metadata: { "xrt.error_code": "no_runner" },
  });
});

test.for(["__proto__", "constructor", "toString", "hasOwnProperty"])(
  "%s is unknown unless it was given as a name",
  async (runtime_name) => {
    await using bench = await openWorkbench({});
    expect(await bench.run({ runtime_name })).toMatchObject({ status: "rejected" });
    const own = Object.fromEntries([[runtime_name, (() => ({ status: "succeeded" })) satisfies Dispatcher]]);
    await using known = await openWorkbench(own);
    expect(await known.run({ runtime_name })).toMatchObject({ status: "succeeded" });
  },
);

test.for([
  ["nothing", undefined, "got nothing"],
  ["null", null, "got null"],
  ["a string", "done", 'got "done"'],
  ["an array", [], "got an empty array"],
  ["an object without a status", {}, "status: expected one that is terminal"],
  ["an unknown status", { status: "done" }, 'got "done"'],
  ["a status that is not terminal", { status: "running" }, 'got "running"'],
] as const)("a dispatcher that returns %s is failed, and the sentence says so", async ([, answer, part]) => {
  await using bench = await openWorkbench((() => answer) as unknown as Dispatcher);
  const result = await bench.run({ runtime_name: "reviewer" });
  expect(result).toMatchObject({ status: "failed", metadata: { "xrt.error_code": "runner_error" } });
  expect(result.error_summary).toContain('the dispatcher for "reviewer" broke its contract');
  expect(result.error_summary).toContain(part);
});

test.for([
  ["another invocation_id", { invocation_id: "other" }, 'its invocation_id is "other"'],
  ["another runtime_name", { runtime_name: "other" }, 'its runtime_name is "other"'],
  ["another runtime_kind", { runtime_kind: "http" }, 'its runtime_kind is "http"'],
  ["a status that is not terminal", { status: "pending" }, 'got "pending"'],
  ["an exit code that is none", { exit_code: "0" }, "exit_code"],
  ["an unknown key", { surprise: 1 }, "surprise"],
] as const)("a result with %s is failed, saying so", async ([, fields, part]) => {
  await using bench = await openWorkbench((invocation) => bench.resultOf(invocation, fields as object));
  const result = await bench.run();
  expect(result.status).toBe("failed");
  expect(result.error_summary).toContain(part);
});

test("a dispatcher that throws, at once or later, is failed with its message", async () => {
  await using bench = await openWorkbench({
    sync: () => {
      throw new Error("the reviewer is on holiday");
    },
    async: () => Promise.reject(new Error("the reviewer is on holiday")),
  });
  for (const runtime_name of ["sync", "async"]) {
    const result = await bench.run({ runtime_name });
    expect(result.status).toBe("failed");
    expect(result.error_summary).toContain("the reviewer is on holiday");
  }
});

test("a deadline ends a run whose dispatcher never answers", async () => {
  await using bench = await openWorkbench(() => never);
  const result = await bench.run({ timeout_seconds: 1, runtime_name: "reviewer" });
  expect(result).toMatchObject({ status: "timed_out", metadata: { "xrt.error_code": "deadline" } });
  expect(result.error_summary).toContain("timeout");
});

test("a dispatcher that heeds the signal ends a cancelled run with its own answer", async () => {
  const controller = new AbortController();
  await using bench = await openWorkbench(async (_invocation, { signal }) => {
    queueMicrotask(() => controller.abort(new Error("changed my mind")));
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve);
    });
    return { status: "cancelled", metadata: { stopped: "tidily" } };
  });
  const result = await bench.run({}, { signal: controller.signal });
  expect(result).toMatchObject({ status: "cancelled", metadata: { stopped: "tidily" } });
  expect(result.error_summary).toContain("changed my mind");
});

test("a throw after the abort takes the status of the abort", async () => {
  const controller = new AbortController();
  await using bench = await openWorkbench(async (_invocation, { signal }) => {
    queueMicrotask(() => controller.abort());
    await delay(600_000, undefined, { signal });
    return { status: "succeeded" };
  });
  expect(await bench.run({}, { signal: controller.signal })).toMatchObject({ status: "cancelled" });
});

test("a run that is cancelled beforehand calls no dispatcher", async () => {
  let calls = 0;
  await using bench = await openWorkbench(() => {
    calls += 1;
    return { status: "succeeded" };
  });
  expect(await bench.run({}, { signal: AbortSignal.abort() })).toMatchObject({ status: "cancelled" });
  expect(calls).toBe(0);
});

test("after a run no listener is left on its signals", async () => {
  const signals: AbortSignal[] = [];
  await using bench = await openWorkbench((_invocation, { signal, forceSignal }) => {
    signals.push(signal, forceSignal);
    return { status: "succeeded" };
  });
  await bench.run();
  await bench.run();
  expect(signals.map((signal) => getEventListeners(signal, "abort").length)).toEqual([0, 0, 0, 0]);
});

test.for([[undefined], [null], ["review"], [[]], [{ reviewer: "me" }]] as const)(
  "anything but functions is refused when the runner is made: %j",
  ([given]) => {
    expect(() => new ManualRunner(given as unknown as Dispatcher)).toThrow(TypeError);
  },
);

test.each(["0.1", "0.2"] as const)(
  "a whole result of contract v%s comes back, whatever the question's version",
  async (version) => {
    await using bench = await openWorkbench(({ invocation_id, runtime_name, runtime_kind }) =>
      encodeResult(version, {
        invocation_id,
        runtime_name,
        runtime_kind,
        status: "failed",
        exit_code: 137,
        signal: "SIGKILL",
        started_at: "2020-01-01T00:00:00.000Z",
        finished_at: "2020-01-01T00:00:01.000Z",
        run_directory: "/elsewhere",
        stdout_path: null,
        stderr_path: null,
        error: { code: "acme.quota", message: "no more", retryable: true },
        usage: { wall_ms: 1000, cpu_user_ms: 7 },
        artifacts: [],
        metadata: { by: "hand" },
      }),
    );
    expect(latestResult(await bench.run())).toMatchObject({
      status: "failed",
      exit_code: 137,
      signal: "SIGKILL",
      error: { code: "acme.quota", message: "no more", retryable: true },
      usage: { cpu_user_ms: 7 },
      run_directory: expect.stringContaining(bench.directory) as string,
      metadata: { by: "hand" },
    });
  },
);
