import { statSync } from "node:fs";
import { createInvocation } from "@xrt/contracts/v0.2";
import { ExecutorRuntime } from "@xrt/core";
import { expect, test } from "vitest";
import { openWorkbench } from "./workbench.ts";

async function limited(script: string, limits: object) {
  await using bench = await openWorkbench();
  await using runtime = new ExecutorRuntime({ runners: { subprocess: bench.runner } });
  const invocation = createInvocation({
    runtime_kind: "subprocess",
    working_directory: bench.directory,
    command: ["sh", "-c", script],
    limits,
  });
  const result = await runtime.run(invocation);
  return { result, size: statSync(result.stdout_path ?? bench.directory).size };
}

test("a command that prints more than it may is stopped, and what it printed is kept", async () => {
  const { result, size } = await limited("yes", { output_bytes: 100_000 });
  expect(result).toMatchObject({
    status: "failed",
    exit_code: 143,
    signal: "SIGTERM",
    error: { code: "limit_exceeded" },
  });
  expect(size).toBeGreaterThan(100_000);
});

test("a command that prints nothing for too long is timed_out", async () => {
  const { result } = await limited("echo begun; sleep 600", { idle_seconds: 0.3 });
  expect(result).toMatchObject({ status: "timed_out", error: { code: "idle" } });
  expect(result.error_summary).toContain("printed nothing for 0.3 seconds");
});
