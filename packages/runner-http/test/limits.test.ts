import { readFile } from "node:fs/promises";
import { createInvocation, type Limits } from "@xrt/contracts/v0.2";
import { httpMetadata } from "@xrt/runner-http/metadata";
import { expect, test } from "vitest";
import { serve } from "./servers.ts";
import { openWorkbench } from "./workbench.ts";

async function limited(url: string, limits: Limits) {
  await using bench = await openWorkbench();
  const invocation = createInvocation({
    runtime_kind: "http",
    working_directory: bench.directory,
    command: ["http"],
    timeout_seconds: 30.5,
    metadata: httpMetadata({ url }),
    limits,
  });
  const result = await bench.runtime.run(invocation);
  return { result, stdout: await readFile(result.stdout_path ?? "", "utf8") };
}

test("a body over limits.output_bytes ends the request, and what came is kept", async () => {
  await using server = await serve((_request, response) => {
    response.write("x".repeat(1001));
  });
  const { result, stdout } = await limited(server.url, { output_bytes: 1000 });
  expect(result).toMatchObject({ status: "failed", error: { code: "limit_exceeded" } });
  expect(stdout).toHaveLength(1001);
});

test("a body that stops coming for limits.idle_seconds is timed_out", async () => {
  await using server = await serve((_request, response) => {
    response.write("half");
  });
  const { result, stdout } = await limited(server.url, { idle_seconds: 0.2 });
  expect(result).toMatchObject({ status: "timed_out", error: { code: "idle" } });
  expect(result.error_summary).toContain("printed nothing for 0.2 seconds");
  expect(stdout).toBe("half");
});

test("within its limits a request is none the wiser", async () => {
  await using server = await serve((_request, response) => void response.end("x".repeat(1000)));
  const { result } = await limited(server.url, { output_bytes: 1000, idle_seconds: 30 });
  expect(result).toMatchObject({
    status: "succeeded",
    exit_code: 200,
    error: null,
    usage: { wall_ms: expect.any(Number) as number },
  });
});
