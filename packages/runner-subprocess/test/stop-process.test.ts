import { getEventListeners } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { RunContext, RuntimeRunner } from "@xrt/contracts";
import { expect, test } from "vitest";
import { livingInGroup } from "./living-processes.ts";
import { openWorkbench, until, type Workbench } from "./workbench.ts";

/** A script that says when it is ready, then waits to be stopped. */
const waiting = "touch ready; while :; do sleep 0.02; done";

/** Aborts once the script in the workbench is ready. */
async function abortWhenReady(
  bench: Workbench,
  controller: AbortController,
  reason?: unknown,
): Promise<void> {
  await until("the program is ready", () => existsSync(path.join(bench.directory, "ready")));
  controller.abort(reason);
}

/** The reason of an `AbortSignal.timeout()` that has passed: a deadline to core, at a moment that a test chooses. */
function timeout(): DOMException {
  return new DOMException("The operation was aborted due to timeout", "TimeoutError");
}

test("at the deadline the whole group is killed with SIGKILL at once", async () => {
  await using bench = await openWorkbench();
  const script = `trap "touch asked" TERM; sleep 300 & (sleep 300 & sleep 300) & ${waiting}`;
  const { result, pgid = 0 } = await bench.shell(script, { timeout_seconds: 1 });
  expect(result).toMatchObject({
    status: "timed_out",
    exit_code: 137,
    error_summary:
      'process exceeded timeout of 1 seconds: "sh" was killed with SIGKILL; give it a longer timeout if it needs one',
    metadata: { "xrt.error_code": "deadline", "xrt.signal": "SIGKILL" },
  });
  expect(existsSync(path.join(bench.directory, "asked"))).toBe(false);
  expect(livingInGroup(pgid)).toEqual([]);
});

test("with a grace the deadline asks first, and a program that then ends well is still timed_out", async () => {
  await using bench = await openWorkbench({ graceMs: 20_000 });
  const controller = new AbortController();
  const script = `trap "echo cleaned; exit 0" TERM; ${waiting}`;
  const running = bench.shell(script, {}, { signal: controller.signal });
  await abortWhenReady(bench, controller, timeout());
  const { result, stdout } = await running;
  expect(stdout).toBe("cleaned\n");
  expect(result).toMatchObject({ status: "timed_out", exit_code: 0 });
  expect(result.error_summary).toContain('timeout: "sh" was stopped with SIGTERM and exited with status 0');
});

test("with a grace the deadline kills what does not listen", async () => {
  await using bench = await openWorkbench({ graceMs: 100 });
  const controller = new AbortController();
  const running = bench.shell(`trap "" TERM; ${waiting}`, {}, { signal: controller.signal });
  await abortWhenReady(bench, controller, timeout());
  const { result, pgid = 0 } = await running;
  expect(result).toMatchObject({
    status: "timed_out",
    exit_code: 137,
    metadata: { "xrt.signal": "SIGKILL" },
  });
  expect(livingInGroup(pgid)).toEqual([]);
});

test("a cancel asks with SIGTERM, and the outcome is cancelled with its reason", async () => {
  await using bench = await openWorkbench();
  const controller = new AbortController();
  const running = bench.shell(waiting, {}, { signal: controller.signal });
  await abortWhenReady(bench, controller, new Error("nobody wants it any more"));
  const { result, pgid = 0 } = await running;
  expect(result).toMatchObject({
    status: "cancelled",
    exit_code: 143,
    error_summary: '"sh" was cancelled (nobody wants it any more): it was stopped with SIGTERM',
    metadata: { "xrt.error_code": "cancelled", "xrt.signal": "SIGTERM" },
  });
  expect(livingInGroup(pgid)).toEqual([]);
});

test("a cancel kills after the grace what does not listen", async () => {
  await using bench = await openWorkbench({ graceMs: 100 });
  const controller = new AbortController();
  const running = bench.shell(`trap "" TERM; ${waiting}`, {}, { signal: controller.signal });
  await abortWhenReady(bench, controller);
  const { result, pgid = 0 } = await running;
  expect(result).toMatchObject({ status: "cancelled", exit_code: 137 });
  expect(result.error_summary).toContain("it was killed with SIGKILL");
  expect(livingInGroup(pgid)).toEqual([]);
});

test("metadata chooses the signal and shortens the grace", async () => {
  await using bench = await openWorkbench();
  const controller = new AbortController();
  const script = `trap "echo interrupted; trap : INT" INT; ${waiting}`;
  const metadata = { "subprocess.stop_signal": "SIGINT", "subprocess.grace_ms": "200" };
  const running = bench.shell(script, { metadata }, { signal: controller.signal });
  await abortWhenReady(bench, controller);
  const { result, stdout } = await running;
  expect(stdout).toBe("interrupted\n");
  expect(result).toMatchObject({ status: "cancelled", exit_code: 137 });
});

test("a stopped process is continued, so that it hears the signal", async () => {
  await using bench = await openWorkbench();
  const controller = new AbortController();
  const script = "trap 'echo heard; exit 3' TERM; touch ready; kill -s STOP $$; echo went on";
  const running = bench.shell(script, {}, { signal: controller.signal });
  await abortWhenReady(bench, controller);
  const { result, stdout } = await running;
  expect(result).toMatchObject({ status: "cancelled", exit_code: 3 });
  expect(stdout).toContain("heard");
});

test("the other processes of the group have the rest of the grace after their leader has gone", async () => {
  await using bench = await openWorkbench();
  const controller = new AbortController();
  const worker =
    "trap 'sleep 0.3; echo done > cleaned; exit' TERM; touch ready; while :; do sleep 0.02; done";
  const running = bench.shell(`(${worker}) & wait`, {}, { signal: controller.signal });
  await abortWhenReady(bench, controller);
  const { result, pgid = 0 } = await running;
  expect(result).toMatchObject({ status: "cancelled", exit_code: 143 });
  expect(await readFile(path.join(bench.directory, "cleaned"), "utf8")).toBe("done\n");
  expect(livingInGroup(pgid)).toEqual([]);
});

test("and what uses up the grace is killed, also where leftovers may stay", async () => {
  await using bench = await openWorkbench({ graceMs: 200, leftovers: "leave" });
  const controller = new AbortController();
  const running = bench.shell(`(trap "" TERM; ${waiting}) & wait`, {}, { signal: controller.signal });
  await abortWhenReady(bench, controller);
  const { result, pgid = 0 } = await running;
  expect(result).toMatchObject({ status: "cancelled", exit_code: 143 });
  expect(livingInGroup(pgid)).toEqual([]);
});

test("a run whose signal is aborted beforehand starts nothing", async () => {
  await using bench = await openWorkbench();
  const { result, pgid } = await bench.shell("touch ready", {}, { signal: AbortSignal.abort() });
  expect(result).toMatchObject({ status: "cancelled", exit_code: null });
  expect(pgid).toBeUndefined();
  expect(existsSync(path.join(bench.directory, "ready"))).toBe(false);
});

test("a runner that is called with an aborted signal starts nothing either", async () => {
  await using bench = await openWorkbench();
  const controller = new AbortController();
  const runner: RuntimeRunner = {
    interfaceVersion: "1.0",
    metadata: bench.runner.metadata,
    async run(invocation, context: RunContext<never>) {
      controller.abort();
      await until("the abort has come through", () => context.signal.aborted);
      return bench.runner.run(invocation, context);
    },
  };
  const { result } = await bench.shell("touch ready", {}, { runner, signal: controller.signal });
  expect(result.status).toBe("cancelled");
  expect(existsSync(path.join(bench.directory, "ready"))).toBe(false);
});

test("a deadline of 10,000,000 seconds is no deadline of none", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(["sleep", "0.1"], { timeout_seconds: 10_000_000 });
  expect(result.status).toBe("succeeded");
});

test("a program that ended in time is not timed out by an event loop that was blocked past the deadline", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.shell(
    "exit 0",
    { timeout_seconds: 1 },
    {
      onEvent(event) {
        if (event.type !== "started") return;
        const end = performance.now() + 1500;
        while (performance.now() < end || livingInGroup(event.pid ?? 0).length > 0);
      },
    },
  );
  expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
});

test("a program that had ended when SIGKILL was sent is judged by its own exit status", async () => {
  await using bench = await openWorkbench({ stopSignal: "SIGKILL", containment: "direct" });
  const controller = new AbortController();
  const { result } = await bench.shell(
    "exit 3",
    {},
    {
      signal: controller.signal,
      onEvent(event) {
        if (event.type !== "started") return;
        // We hear of its end only when this listener returns.
        while (livingInGroup(event.pid ?? 0).length > 0);
        controller.abort();
      },
    },
  );
  expect(result).toMatchObject({ status: "failed", exit_code: 3 });
});

function listening(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}

test("after a run no listener is left on its signals or on the process", async () => {
  await using bench = await openWorkbench();
  const signals: AbortSignal[] = [];
  const runner: RuntimeRunner = {
    interfaceVersion: "1.0",
    metadata: bench.runner.metadata,
    async run(invocation, context: RunContext<never>) {
      signals.push(context.signal, context.forceSignal);
      const before = signals.map((signal) => getEventListeners(signal, "abort").length);
      const outcome = await bench.runner.run(invocation, context);
      expect(signals.map((signal) => getEventListeners(signal, "abort").length)).toEqual(before);
      return outcome;
    },
  };
  const before = listening();
  expect((await bench.shell("exit 0", {}, { runner })).result.status).toBe("succeeded");
  expect(
    (await bench.run(["sleep", "30"], {}, { runner, signal: AbortSignal.timeout(50) })).result.status,
  ).toBe("timed_out");
  expect(signals).toHaveLength(4);
  expect(listening()).toBe(before);
});
