import { readFile } from "node:fs/promises";
import path from "node:path";
import { outcome, type RuntimeRunner } from "@xrt/contracts";
import { parseResult } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { expect, test } from "vitest";
import { runFixture } from "./fixture.ts";
import { openWorkbench, runnerOf, succeed, until, untilStopped, type Work } from "./workbench.ts";

/** A runner that tells when it is closed. */
function closable(name: string, closed: string[], run: Work = succeed): RuntimeRunner {
  return runnerOf(run, {
    async close() {
      closed.push(name);
    },
  });
}

test("close cancels what runs, waits for it, and only then closes the runners", async () => {
  const order: string[] = [];
  let begun = 0;
  const lingering: Work = async (invocation, context) => {
    begun += 1;
    await untilStopped(invocation, context).catch(() => undefined);
    await new Promise((resolve) => {
      setTimeout(resolve, 30);
    });
    order.push("ended");
    return outcome.failed("cancelled", "cleaned up");
  };
  await using bench = await openWorkbench({ runners: { manual: closable("runner", order, lingering) } });
  const runs = [bench.runtime.start(bench.invocation()), bench.runtime.start(bench.invocation())];
  await until("both have begun", () => begun === 2);
  await bench.runtime.close();
  expect(order).toEqual(["ended", "ended", "runner"]);
  expect(bench.runtime.active).toEqual([]);
  expect((await runs[0]?.result)?.error_summary).toBe("cleaned up");
});

test("each runner is closed once: registered twice, replaced, or closed twice over", async () => {
  const closed: string[] = [];
  const shared = closable("shared", closed);
  const runtime = new ExecutorRuntime({ runners: { http: shared, http_async: shared } });
  runtime.register("manual", closable("replaced", closed));
  runtime.register("manual", closable("last", closed));
  runtime.register("manual", shared);
  runtime.register("container", runnerOf(succeed));
  const closing = runtime.close();
  expect(runtime.close()).toBe(closing);
  await closing;
  await runtime[Symbol.asyncDispose]();
  expect(closed.toSorted()).toEqual(["last", "replaced", "shared"]);
});

test("a runner given for one run is the caller's to close", async () => {
  const closed: string[] = [];
  await using bench = await openWorkbench();
  await bench.run(closable("given", closed));
  await bench.runtime.close();
  expect(closed).toEqual([]);
});

test("a runner in flight that has been replaced is closed after its run", async () => {
  const order: string[] = [];
  const first: Work = async (invocation, context) => {
    await untilStopped(invocation, context).catch(() => order.push("ended"));
    return outcome.succeeded();
  };
  await using bench = await openWorkbench({ runners: { manual: closable("first", order, first) } });
  const run = bench.runtime.start(bench.invocation());
  bench.runtime.register("manual", closable("second", order));
  for await (const event of run.events) if (event.type === "accepted") break;
  await bench.runtime.close();
  expect(order[0]).toBe("ended");
  expect(order.slice(1).toSorted()).toEqual(["first", "second"]);
});

test("after close, and while it goes on, runs are rejected, in a result like any other", async () => {
  await using bench = await openWorkbench({ runners: { manual: runnerOf(untilStopped) } });
  const running = bench.runtime.start(bench.invocation());
  const closing = bench.runtime.close();
  const output_result_path = path.join(bench.directory, "result.json");
  const during = await bench.runtime.run(bench.invocation({ output_result_path }));
  expect(during).toMatchObject({
    status: "rejected",
    error_summary: "this runtime is closed; make a new one to run more",
    metadata: { "xrt.error_code": "runtime_closed" },
  });
  expect(parseResult(JSON.parse(await readFile(output_result_path, "utf8")))).toStrictEqual(during);
  await closing;
  expect((await running.result).status).toBe("cancelled");
  const after = await bench.run(succeed);
  expect(after.result.metadata["xrt.error_code"]).toBe("runtime_closed");
});

function failing(message: string): RuntimeRunner {
  return runnerOf(succeed, {
    close() {
      throw new Error(message);
    },
  });
}

test("what a runner's close throws is close's to throw, once all have been closed", async () => {
  const closed: string[] = [];
  const one = new ExecutorRuntime({
    runners: { http: failing("no luck"), manual: closable("other", closed) },
  });
  await expect(one.close()).rejects.toThrow("no luck");
  expect(closed).toEqual(["other"]);
  await expect(one.close()).rejects.toThrow("no luck");
  const two = new ExecutorRuntime({ runners: { http: failing("a"), manual: failing("b") } });
  await expect(two.close()).rejects.toMatchObject({ errors: [{ message: "a" }, { message: "b" }] });
});

test("1,000 runs, and rejected ones, leave no descriptor, timer or listener behind, nor on a signal that they share", async () => {
  await using bench = await openWorkbench();
  const { before, after } = (await runFixture("count-what-is-left.ts", {
    directory: bench.directory,
  })) as Record<"before" | "after", unknown>;
  expect(after).toEqual(before);
});
