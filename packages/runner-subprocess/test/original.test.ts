import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseResult } from "@xrt/contracts/v0.1";
import { expect, test } from "vitest";
import { openWorkbench } from "./workbench.ts";

// What programs written for the original rely on, case by case.

test("a command that ends with 0 is succeeded, with exit code 0 and no error", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.shell("exit 0", { invocation_id: "ok", runtime_name: "shell" });
  expect(result).toMatchObject({
    contract_kind: "runtime_result",
    invocation_id: "ok",
    runtime_name: "shell",
    runtime_kind: "subprocess",
    status: "succeeded",
    exit_code: 0,
    error_summary: null,
  });
  expect(Date.parse(result.finished_at)).toBeGreaterThanOrEqual(Date.parse(result.started_at));
});

test("a command that ends with 7 is failed, with exit code 7", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.shell("exit 7");
  expect(result).toMatchObject({ status: "failed", exit_code: 7 });
  expect(result.error_summary).not.toBeNull();
});

test("a command that overruns its timeout is timed_out, and the summary says timeout and the seconds", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(["sleep", "30"], { timeout_seconds: 1 });
  expect(result.status).toBe("timed_out");
  expect(result.error_summary).toContain("process exceeded timeout of 1 seconds");
});

test("a missing working directory is rejected without a stdout path", async () => {
  await using bench = await openWorkbench();
  const missing = path.join(bench.directory, "missing");
  const { result } = await bench.run(["true"], { working_directory: missing });
  expect(result).toMatchObject({ status: "rejected", exit_code: null, stdout_path: null, stderr_path: null });
  expect(result.error_summary).toContain(`working directory does not exist: ${missing}`);
});

test("stdout and stderr are in the files that the result names, and are artifacts", async () => {
  await using bench = await openWorkbench();
  const { result, stdout, stderr } = await bench.shell("echo out; echo err >&2");
  expect(stdout).toBe("out\n");
  expect(stderr).toBe("err\n");
  expect(result.artifacts.map(({ artifact_id, path, kind }) => ({ artifact_id, path, kind }))).toEqual([
    { artifact_id: "stdout", path: result.stdout_path, kind: "log_excerpt" },
    { artifact_id: "stderr", path: result.stderr_path, kind: "log_excerpt" },
  ]);
});

test("the environment of the invocation is visible to the command", async () => {
  await using bench = await openWorkbench();
  const { stdout } = await bench.shell('printf %s "$GREETING"', { environment: { GREETING: "hello" } });
  expect(stdout).toBe("hello");
});

test("the result is written to output_result_path, whose folders are made", async () => {
  await using bench = await openWorkbench();
  const file = path.join(bench.directory, "deep", "er", "result.json");
  const { result } = await bench.shell("exit 3", { output_result_path: file });
  expect(parseResult(JSON.parse(await readFile(file, "utf8")))).toEqual(result);
});
