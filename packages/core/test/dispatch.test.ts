import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { isXrtError, outcome, type Invocation } from "@xrt/contracts";
import { parseResult } from "@xrt/contracts/v0.1";
import { assertSucceeded, ExecutorRuntime } from "@xrt/core";
import { expect, test } from "vitest";
import { processRunner } from "./process-runner.ts";
import { directoryOf, openWorkbench, runnerOf, succeed } from "./workbench.ts";

test("a run of a real process ends in one result, the same in memory and on disk", async () => {
  await using bench = await openWorkbench({ runners: { subprocess: processRunner() } });
  const invocation = bench.invocation({
    invocation_id: "build-17",
    runtime_name: "build",
    runtime_kind: "subprocess",
    command: ["sh", "-c", "echo out; echo err >&2; echo left > $XRT_ARTIFACT_DIR/report.txt"],
  });
  const result = await bench.runtime.run(invocation);
  const directory = path.join(bench.directory, ".xrt", "build-17");
  expect(result).toMatchObject({
    schema_version: "0.1",
    contract_kind: "runtime_result",
    invocation_id: "build-17",
    runtime_name: "build",
    runtime_kind: "subprocess",
    status: "succeeded",
    exit_code: 0,
    stdout_path: path.join(directory, "stdout.txt"),
    stderr_path: path.join(directory, "stderr.txt"),
    error_summary: null,
    metadata: { "xrt.run_directory": directory },
  });
  expect(await readFile(result.stdout_path ?? "", "utf8")).toBe("out\n");
  expect(await readFile(result.stderr_path ?? "", "utf8")).toBe("err\n");
  expect(
    result.artifacts.map(({ artifact_id, kind, metadata }) => [
      artifact_id,
      kind,
      metadata["xrt.size_bytes"],
    ]),
  ).toEqual([
    ["stdout", "log_excerpt", "4"],
    ["stderr", "log_excerpt", "4"],
    ["report.txt", "file", "5"],
  ]);
  const written: unknown = JSON.parse(await readFile(path.join(directory, "result.json"), "utf8"));
  expect(parseResult(written)).toStrictEqual(result);
  expect(Date.parse(result.finished_at)).toBeGreaterThanOrEqual(Date.parse(result.started_at));
  expect(result.started_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test("a process that fails gives a failed result, and assertSucceeded throws it", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(processRunner(), {
    invocation_id: "build-18",
    command: ["sh", "-c", "exit 3"],
  });
  expect(result).toMatchObject({
    status: "failed",
    exit_code: 3,
    error_summary: "exited with 3",
    metadata: { "xrt.error_code": "exit_status" },
  });
  const error = thrownBy(() => assertSucceeded(result));
  expect(isXrtError(error) && error).toMatchObject({
    code: "ERR_XRT_RUN_FAILED",
    message: "sh (build-18) failed: exited with 3",
    error: { code: "exit_status" },
    result,
  });
});

test("assertSucceeded lets a success pass", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(succeed);
  expect(assertSucceeded(result)).toBeUndefined();
});

test("a kind that nobody registered is rejected, naming it and those that are", async () => {
  await using bench = await openWorkbench({
    runners: { subprocess: processRunner(), http: runnerOf(succeed) },
  });
  const result = await bench.runtime.run(bench.invocation({ runtime_kind: "container" }));
  expect(result).toMatchObject({
    status: "rejected",
    exit_code: null,
    stdout_path: null,
    stderr_path: null,
    artifacts: [],
    metadata: { "xrt.error_code": "no_runner" },
  });
  expect(result.error_summary).toContain("no runner registered");
  expect(result.error_summary).toContain("container");
  expect(result.error_summary).toContain("'subprocess', 'http'");
  expect(existsSync(path.join(bench.directory, ".xrt"))).toBe(false);
});

test("a new runtime has no runner at all", async () => {
  await using runtime = new ExecutorRuntime();
  expect(runtime.kinds).toEqual([]);
  expect(runtime.contractVersions).toEqual(["0.1", "0.2"]);
});

test("a runner gets absolute paths, the merged environment and no envelope, and can change none of it", async () => {
  await using bench = await openWorkbench();
  let seen: Invocation | undefined;
  await bench.run(
    async (invocation) => {
      seen = invocation;
      return outcome.succeeded();
    },
    {
      working_directory: path.relative(process.cwd(), bench.directory),
      environment: JSON.parse('{"A":"1","B":"2","__proto__":"kept"}') as Record<string, string>,
      metadata: { "acme.key": "value" },
      output_result_path: path.relative(process.cwd(), path.join(bench.directory, "result.json")),
    },
    { secretEnvironment: { B: "secret", C: "3" } },
  );
  expect(seen).toMatchObject({
    working_directory: bench.directory,
    output_result_path: path.join(bench.directory, "result.json"),
    input_payload_path: null,
    limits: null,
  });
  expect(Object.entries(seen?.environment ?? {})).toEqual([
    ["A", "1"],
    ["B", "secret"],
    ["__proto__", "kept"],
    ["C", "3"],
  ]);
  expect(seen).not.toHaveProperty("schema_version");
  for (const part of [seen, seen?.command, seen?.environment, seen?.metadata])
    expect(Object.isFrozen(part)).toBe(true);
});

test("an invocation is not changed by its run", async () => {
  await using bench = await openWorkbench();
  const invocation = bench.invocation({ working_directory: "." });
  const before = structuredClone(invocation);
  await bench.runtime.run(invocation, { runner: runnerOf(succeed) });
  expect(invocation).toStrictEqual(before);
});

test("start gives a handle before its runner is called", async () => {
  await using bench = await openWorkbench();
  let called = false;
  const run = bench.start(async () => {
    called = true;
    return outcome.succeeded();
  });
  expect(called).toBe(false);
  expect(run.status).toBe("running");
  expect(bench.runtime.active).toEqual([run]);
  const result = await run.result;
  expect(called).toBe(true);
  expect(run.status).toBe("succeeded");
  expect(run.directory).toBe(directoryOf(result));
  expect(run.id).toBe(result.invocation_id);
  expect(bench.runtime.active).toEqual([]);
});

test("what is no contract document is refused by start, by throwing, and by run, by rejecting", async () => {
  await using runtime = new ExecutorRuntime();
  for (const [document, code] of [
    [{ runtime_kind: "manual" }, "ERR_XRT_INVALID_DOCUMENT"],
    [undefined, "ERR_XRT_INVALID_DOCUMENT"],
    [{ schema_version: "9.9" }, "ERR_XRT_UNKNOWN_VERSION"],
  ] as const) {
    expect(thrownBy(() => runtime.start(document as never))).toMatchObject({ code });
    await expect(runtime.run(document as never)).rejects.toMatchObject({ code });
  }
  expect(runtime.active).toEqual([]);
});

test("a working directory that is missing, or a file, is rejected, and nothing is made", async () => {
  await using bench = await openWorkbench();
  const missing = path.join(bench.directory, "missing");
  const { result } = await bench.run(succeed, { working_directory: missing });
  expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "directory_missing" } });
  expect(result.error_summary).toContain(`working directory does not exist: ${missing}`);
  expect(result.metadata).not.toHaveProperty("xrt.run_directory");
  expect(existsSync(missing)).toBe(false);

  const file = process.execPath;
  const other = await bench.run(succeed, { working_directory: file });
  expect(other.result.error_summary).toContain(`working directory is not a directory: ${file}`);
  const below = await bench.run(succeed, { working_directory: path.join(file, "below") });
  expect(below.result.error_summary).toContain("working directory does not exist");
});

test.for([
  ["working_directory", "directory_missing"],
  ["input_payload_path", "payload_unreadable"],
  ["artifact_directory", "storage"],
] as const)("a NUL byte in %s is rejected in a sentence, and nothing is made", async ([field, code]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(succeed, { [field]: path.join(bench.directory, "a\0b") });
  expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": code } });
  expect(result.error_summary).toBe(`${field} contains a NUL byte, which no path can have; take it out`);
  expect(await readdir(bench.directory)).toEqual([]);
});

test("200 runs at once each get their own result", async () => {
  await using bench = await openWorkbench();
  const results = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const { result } = await bench.run(
        async (invocation, context) => {
          await context.stdout.write(invocation.command.join(" "));
          return outcome.succeeded({ metadata: { index: invocation.command[1] ?? "" } });
        },
        { command: ["work", String(index)] },
      );
      return [result.metadata["index"], await readFile(result.stdout_path ?? "", "utf8")];
    }),
  );
  expect(results).toEqual(Array.from({ length: 200 }, (_, index) => [String(index), `work ${index}`]));
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return expect.unreachable("nothing was thrown");
}
