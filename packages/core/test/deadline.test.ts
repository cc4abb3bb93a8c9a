import { setTimeout as delay } from "node:timers/promises";
import { outcome, type RunEvent, type RuntimeRunner } from "@xrt/contracts";
import type { RuntimeInvocation } from "@xrt/contracts/v0.1";
import type { RuntimeOptions } from "@xrt/core";
import { expect, test } from "vitest";
import { heardWarnings } from "./heard-warnings.ts";
import { processRunner } from "./process-runner.ts";
import { collect, openWorkbench, runnerOf, succeed, until, untilStopped, type Work } from "./workbench.ts";

/** The wire has whole seconds; a runner's default may be shorter. */
const soon = { defaultTimeoutSeconds: 0.05 };

async function graceOf(maxGraceMs: number | undefined, graceMs: number | undefined) {
  await using bench = await openWorkbench({ maxGraceMs });
  const run = bench.start(runnerOf(untilStopped, graceMs === undefined ? {} : { graceMs }));
  void run.cancel();
  return stoppingOf(await collect(run.events))[0]?.grace_ms;
}

const tellLimit: Work = async ({ timeout_seconds }) =>
  outcome.succeeded({ metadata: { limit: String(timeout_seconds) } });

/** The limit that a run got. */
async function limitOf(
  fields: Partial<RuntimeInvocation>,
  options: RuntimeOptions,
  members: Partial<RuntimeRunner>,
): Promise<string | undefined> {
  await using bench = await openWorkbench(options);
  const { result } = await bench.run(runnerOf(tellLimit, members), fields);
  return result.metadata["limit"];
}

/** Throws once it has been stopped. */
const throwWhenStopped: Work = async (_invocation, { signal }) => {
  await delay(60_000, undefined, { signal }).catch(() => undefined);
  throw new Error("ENOSPC, or anything");
};

const never: Work = () => new Promise(() => undefined);

function stoppingOf(events: readonly RunEvent[]): Extract<RunEvent, { type: "stopping" }>[] {
  return events.filter((event) => event.type === "stopping");
}

test.concurrent("a process that overruns its deadline is stopped, and the run is timed_out", async () => {
  await using bench = await openWorkbench();
  const { result, events } = await bench.run(processRunner(), {
    command: ["sh", "-c", "exec sleep 600"],
    timeout_seconds: 1,
  });
  expect(result).toMatchObject({ status: "timed_out", metadata: { "xrt.error_code": "deadline" } });
  expect(result.error_summary).toBe("timeout: the manual run exceeded its timeout of 1 seconds");
  expect(stoppingOf(events)).toMatchObject([{ cause: "deadline", grace_ms: 5000 }]);
  const accepted = events.find((event) => event.type === "accepted");
  expect(Date.parse(accepted?.deadline ?? "") - Date.parse(result.started_at)).toBe(1000);
});

test("a deadline of 10,000,000 seconds does not fire at once", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(
    async (_invocation, { signal, ...context }) => {
      await delay(20);
      const left = context.remainingMs();
      return outcome.succeeded({ metadata: { stopped: String(signal.aborted), left: String(left) } });
    },
    { timeout_seconds: 10_000_000 },
  );
  expect(result).toMatchObject({ status: "succeeded", metadata: { stopped: "false" } });
  expect(Number(result.metadata["left"])).toBeGreaterThan(9_999_000_000);
});

test("a deadline past the year 9999 is told as the last moment of it", async () => {
  await using bench = await openWorkbench();
  const { events } = await bench.run(succeed, { timeout_seconds: Number.MAX_SAFE_INTEGER });
  expect(events[0]).toMatchObject({ type: "accepted", deadline: "9999-12-31T23:59:59.999Z" });
});

test("without a deadline there is no end to the time that remains", async () => {
  await using bench = await openWorkbench();
  const { result, events } = await bench.run(async (_invocation, context) =>
    outcome.succeeded({ metadata: { left: String(context.remainingMs()) } }),
  );
  expect(result.metadata["left"]).toBe("Infinity");
  expect(events[0]).toMatchObject({ type: "accepted", deadline: null });
});

test("work that had ended while the event loop was blocked past the deadline is not called late", async () => {
  await using bench = await openWorkbench();
  // It asks whether its child had already ended, as a runner is to do before it calls a run timed out.
  const { result } = await bench.run(
    async (invocation, context) => {
      const done = processRunner().run(
        { ...invocation, timeout_seconds: null },
        {
          ...context,
          signal: new AbortController().signal,
        },
      );
      const end = performance.now() + 1300;
      while (performance.now() < end);
      return done;
    },
    { command: ["true"], timeout_seconds: 1 },
  );
  expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
});

test("an outcome returned within the grace stands", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(
    runnerOf(async (_invocation, { signal }) => {
      await delay(60_000, undefined, { signal }).catch(() => undefined);
      await delay(20);
      return outcome.succeeded({ exit_code: 0 });
    }, soon),
  );
  expect(result).toMatchObject({ status: "succeeded", error_summary: null });
});

test.concurrent.for<[string, Work, number]>([
  ["ignores both signals", never, 30],
  ["has been given no grace", never, 0],
])(
  "a runner that %s is left behind a second after its grace, and the result says so",
  async ([, work, graceMs]) => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(runnerOf(work, { ...soon, graceMs }));
    expect(result).toMatchObject({
      status: "timed_out",
      metadata: { "xrt.error_code": "runner_did_not_stop" },
    });
    expect(result.error_summary).toContain("timeout");
    expect(result.error_summary).toContain(
      `its runner did not stop within ${graceMs} ms and was left behind`,
    );
  },
);

test.concurrent("a cancelled runner that does not stop is cancelled, and what it throws later is a warning without secrets", async () => {
  await using bench = await openWorkbench({ maxGraceMs: 20 });
  using warnings = heardWarnings("XRT_LATE_RUNNER");
  const fail = Promise.withResolvers<never>();
  const run = bench.start(
    () => {
      void run.cancel("no longer needed");
      return fail.promise;
    },
    {},
    { secretEnvironment: { PIN: "tip-of-the-tongue" } },
  );
  const result = await run.result;
  expect(result).toMatchObject({
    status: "cancelled",
    metadata: { "xrt.error_code": "runner_did_not_stop" },
  });
  expect(result.error_summary).toContain("no longer needed");
  fail.reject(new Error("it was tip-of-the-tongue"));
  await until("it is told", () => warnings.all.length > 0);
  expect(warnings.all).toEqual(['a runner for "manual" that had been left behind failed: it was [redacted]']);
});

test("the grace is the runner's own, capped by maxGraceMs; without one it is 5000 ms", async () => {
  expect(await graceOf(undefined, undefined)).toBe(5000);
  expect(await graceOf(undefined, 70)).toBe(70);
  expect(await graceOf(50, 70)).toBe(50);
  expect(await graceOf(50, undefined)).toBe(50);
  expect(await graceOf(500, 70)).toBe(70);
});

test.concurrent("forceSignal aborts after the grace, with the reason of signal", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(
    runnerOf(
      (_invocation, { signal, forceSignal }) =>
        new Promise((resolve) => {
          forceSignal.addEventListener("abort", () => {
            const same = signal.reason === forceSignal.reason && signal.aborted;
            const { name } = forceSignal.reason as Error;
            resolve(outcome.failed("acme.forced", `${name} ${same}`));
          });
        }),
      { ...soon, graceMs: 20 },
    ),
  );
  expect(result.error_summary).toBe("TimeoutError true");
});

test("a throw after the abort takes the abort's status, whatever was thrown", async () => {
  await using bench = await openWorkbench();
  expect((await bench.run(runnerOf(throwWhenStopped, soon))).result.status).toBe("timed_out");
  const { result } = await bench.run(throwWhenStopped, {}, { signal: abortedSoon("enough") });
  expect(result.status).toBe("cancelled");
});

test("AbortSignal.timeout() gives timed_out, any other reason cancelled", async () => {
  await using bench = await openWorkbench();
  const timedOut = await bench.run(untilStopped, {}, { signal: AbortSignal.timeout(1) });
  expect(timedOut.result).toMatchObject({ status: "timed_out", metadata: { "xrt.error_code": "deadline" } });
  expect(timedOut.result.error_summary).toContain("timeout");

  for (const [reason, sentence] of [
    [new Error("the user left"), "the user left"],
    ["enough", "enough"],
    [undefined, "the caller aborted it"],
    [{ code: 7 }, "the caller aborted it"],
  ] as const) {
    const controller = new AbortController();
    const run = bench.start(
      (_invocation, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
          controller.abort(reason);
        }),
      {},
      { signal: controller.signal },
    );
    const result = await run.result;
    expect(result).toMatchObject({ status: "cancelled", metadata: { "xrt.error_code": "cancelled" } });
    expect(result.error_summary).toBe(`the manual run was cancelled: ${sentence}`);
  }
});

test("the runner's signal tells a deadline from a cancel, and keeps the caller's reason as cause", async () => {
  await using bench = await openWorkbench();
  const reason = new RangeError("why");
  let seen: unknown;
  await bench.run(
    async (_invocation, { signal }) => {
      await delay(60_000, undefined, { signal }).catch(() => undefined);
      seen = signal.reason;
      return outcome.succeeded();
    },
    {},
    { signal: abortedSoon(reason) },
  );
  expect(seen).toMatchObject({ name: "AbortError", message: "why", cause: reason });
});

test("a signal that is aborted already starts nothing", async () => {
  await using bench = await openWorkbench();
  let called = false;
  const work: Work = async () => {
    called = true;
    return outcome.succeeded();
  };
  const { result } = await bench.run(work, {}, { signal: AbortSignal.abort() });
  expect(result.status).toBe("cancelled");
  expect(result.error_summary).toBe(
    "the manual run was cancelled before it was started: the caller aborted it",
  );
  const late = AbortSignal.timeout(1);
  if (!late.aborted) await new Promise((resolve) => late.addEventListener("abort", resolve, { once: true }));
  expect((await bench.run(work, {}, { signal: late })).result.status).toBe("timed_out");
  expect(called).toBe(false);
});

test("a cancel in the tick of start starts nothing, and is told after accepted", async () => {
  await using bench = await openWorkbench();
  let called = false;
  const events: string[] = [];
  const run = bench.start(
    async () => {
      called = true;
      return outcome.succeeded();
    },
    {},
    { onEvent: (event) => events.push(event.type) },
  );
  const result = await run.cancel("changed my mind");
  expect(result).toMatchObject({ status: "cancelled" });
  expect(result.error_summary).toContain("changed my mind");
  expect(called).toBe(false);
  expect(events).toEqual(["accepted", "stopping", "finished"]);
});

test("a cancel after the end changes nothing, and the first of several reasons counts", async () => {
  await using bench = await openWorkbench();
  const run = bench.start(succeed);
  const result = await run.result;
  expect(await run.cancel("too late")).toBe(result);
  expect(result.status).toBe("succeeded");
  expect((await collect(run.events)).map(({ type }) => type)).toEqual(["accepted", "finished"]);

  const other = bench.start(untilStopped);
  const [first] = await Promise.all([other.cancel("first"), other.cancel("second")]);
  expect(first.error_summary).toContain("first");
});

test("disposing of a run cancels it and waits", async () => {
  await using bench = await openWorkbench();
  const run = bench.start(untilStopped);
  await run[Symbol.asyncDispose]();
  expect(run.status).toBe("cancelled");
});

test("the invocation's limit goes before the host's default, and that before the runner's", async () => {
  const host = { defaultTimeoutSeconds: 20 };
  const runner = { defaultTimeoutSeconds: 30 };
  expect(await limitOf({ timeout_seconds: 10 }, host, runner)).toBe("10");
  expect(await limitOf({}, host, runner)).toBe("20");
  expect(await limitOf({}, {}, runner)).toBe("30");
  expect(await limitOf({}, {}, {})).toBe("null");
  expect(await limitOf({}, { defaultTimeoutSeconds: 0.5 }, {})).toBe("0.5");
});

test("a limit over the host's maximum, or none, is cut to it with a warning, told after accepted", async () => {
  await using bench = await openWorkbench({ maxTimeoutSeconds: 60 });
  for (const timeout_seconds of [61, null]) {
    const { events } = await bench.run(succeed, { timeout_seconds });
    expect(events.map(({ type }) => type)).toEqual(["accepted", "warning", "finished"]);
    expect(events[1]).toMatchObject({
      code: "timeout_clipped",
      message: "the timeout was cut to the 60 seconds that this host allows",
    });
    const [accepted] = events;
    expect(accepted?.type === "accepted" && Date.parse(accepted.deadline ?? "")).toBeGreaterThan(0);
  }
  const { events } = await bench.run(succeed, { timeout_seconds: 60 });
  expect(events.map(({ type }) => type)).toEqual(["accepted", "finished"]);
});

function abortedSoon(reason: unknown): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 5);
  return controller.signal;
}
