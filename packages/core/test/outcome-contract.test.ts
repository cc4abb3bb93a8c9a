import { errorCodes, outcome, type Outcome } from "@xrt/contracts";
import { expect, test } from "vitest";
import { openWorkbench, type Work } from "./workbench.ts";

const ok = { status: "succeeded" };
const failed = { status: "failed" };

test.for<[unknown, string]>([
  [undefined, "expected an outcome, got nothing"],
  [null, "expected an outcome, got null"],
  ["abandoned", 'expected an outcome, got "abandoned"'],
  [[], "expected an outcome, got an empty array"],
  [{}, "status: expected one of succeeded, failed, timed_out, cancelled, rejected, got nothing"],
  [
    { status: "running" },
    'status: expected one of succeeded, failed, timed_out, cancelled, rejected, got "running"',
  ],
  [{ ...ok, exit_code: "0" }, 'exit_code: expected a whole number or null, got "0"'],
  [{ ...ok, exit_code: 1.5 }, "exit_code: expected a whole number or null, got 1.5"],
  [{ ...ok, exit_code: Number.NaN }, "exit_code: expected a whole number or null, got NaN"],
  [{ ...failed, signal: 9 }, "signal: expected a string or null, got 9"],
  [{ ...ok, stdout_path: "" }, 'stdout_path: expected a string or null, got ""'],
  [{ ...ok, stderr_path: 2 }, "stderr_path: expected a string or null, got 2"],
  [{ ...ok, usage: 7 }, "usage: expected an object, got 7"],
  [{ ...ok, usage: { wall_ms: 1n } }, "usage.wall_ms: expected a finite number, 0 or more, got 1"],
  [{ ...ok, usage: { cpu_user_ms: -1 } }, "usage.cpu_user_ms: expected a finite number, 0 or more, got -1"],
  [
    { ...ok, usage: { max_rss_bytes: 0.5 } },
    "usage.max_rss_bytes: expected a whole number, 0 or more, got 0.5",
  ],
  [{ ...ok, usage: { cpu_ms: 1 } }, "usage.cpu_ms: unknown key (known: wall_ms, cpu_user_ms, "],
  [{ ...ok, error: { code: "exit_status", message: "x" } }, "error: expected none with the status succeeded"],
  [{ ...failed, error: "broken" }, 'error: expected an object, got "broken"'],
  [{ ...failed, error: new Map() }, "error.code: expected no_runner, "],
  [
    { ...failed, error: { code: "quota", message: "x" } },
    `error.code: expected ${errorCodes.join(", ")}, or one of its own such as "acme.quota", got "quota"`,
  ],
  [{ ...failed, error: { code: "exit_status" } }, "error.message: expected a sentence, got nothing"],
  [{ ...failed, error: { code: "exit_status", message: " \n" } }, "error.message: expected a sentence"],
  [
    { ...failed, error: { code: "acme.x", message: "x", retryable: "yes" } },
    'error.retryable: expected true or false, got "yes"',
  ],
  [{ ...ok, artifacts: {} }, "artifacts: expected an array, got an object"],
  [{ ...ok, artifacts: [{ path: "a" }, {}] }, "artifacts.1.path: expected a path"],
  [{ ...ok, artifacts: [{ path: "a", kind: "" }] }, 'artifacts.0.kind: expected a non-empty string, got ""'],
  [{ ...ok, artifacts: [{ path: "a", artifact_id: 1 }] }, "artifacts.0.artifact_id: expected"],
  [{ ...ok, artifacts: [{ path: "a", media_type: null }] }, "artifacts.0.media_type: expected"],
  [{ ...ok, artifacts: [{ path: "a", description: 1 }] }, "artifacts.0.description: expected a string"],
  [
    { ...ok, artifacts: [{ path: "a", metadata: { a: 1 } }] },
    "artifacts.0.metadata.a: expected a string, got 1",
  ],
  [{ ...ok, metadata: [] }, "metadata: expected an object of strings, got an empty array"],
  [{ ...ok, metadata: { "acme.n": 1 } }, "metadata.acme.n: expected a string, got 1"],
  [{ ...ok, metadata: { "acme.n": undefined } }, "metadata.acme.n: expected a string, got nothing"],
  [
    { ...ok, metadata: { "xrt.run_directory": "/" } },
    'metadata.xrt.run_directory: keys under "xrt." are written by the runtime alone',
  ],
  [
    { ...ok, artifacts: [{ path: "a", metadata: { "xrt.sha256": "0" } }] },
    'artifacts.0.metadata.xrt.sha256: keys under "xrt."',
  ],
])(
  "an outcome that breaks the contract is failed, naming the kind and the field: %o",
  async ([value, problem]) => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(async () => value as Outcome);
    expect(result).toMatchObject({
      status: "failed",
      runtime_kind: "manual",
      metadata: { "xrt.error_code": "runner_error" },
    });
    expect(result.error_summary).toContain(`the runner for "manual" broke its contract: ${problem}`);
  },
);

test("a whole outcome comes through, with what v0.1 has no field for in metadata", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(async () => ({
    status: "failed",
    exit_code: 137,
    signal: "SIGKILL",
    error: { code: "killed_by_signal", message: "it was killed", retryable: true },
    usage: { wall_ms: 1e9, cpu_user_ms: 3 },
    metadata: { "acme.note": "kept" },
  }));
  expect(result).toMatchObject({
    status: "failed",
    exit_code: 137,
    error_summary: "it was killed",
    metadata: {
      "acme.note": "kept",
      "xrt.error_code": "killed_by_signal",
      "xrt.retryable": "true",
      "xrt.signal": "SIGKILL",
    },
  });
  // The time is the runtime's own to tell.
  const took = Date.parse(result.finished_at) - Date.parse(result.started_at);
  const usage = JSON.parse(result.metadata["xrt.usage"] ?? "") as { wall_ms: number };
  expect(usage).toEqual({ wall_ms: expect.any(Number) as number, cpu_user_ms: 3 });
  expect(Math.abs(usage.wall_ms - took)).toBeLessThanOrEqual(1);
});

test.for<[string, () => never, string]>([
  ["an error", () => fail(new TypeError("no such thing")), "no such thing"],
  ["an error without a message", () => fail(new RangeError()), "RangeError"],
  ["a string", () => fail("just words"), "just words"],
  ["nothing", () => fail(undefined), "a thrown undefined"],
  ["an object", () => fail({ reason: 1 }), "a thrown object"],
])("a runner that throws %s, at once or later, is failed with what it says", async ([, act, sentence]) => {
  await using bench = await openWorkbench();
  for (const work of [act as unknown as Work, async () => act()]) {
    const { result } = await bench.run(work);
    expect(result).toMatchObject({
      status: "failed",
      exit_code: null,
      error_summary: `the runner for "manual" failed: ${sentence}`,
      metadata: { "xrt.error_code": "runner_error" },
    });
  }
});

test.for([
  ["ENOSPC", "storage", undefined],
  ["EMFILE", "out_of_resources", "true"],
  ["EAGAIN", "out_of_resources", "true"],
  ["ECONNRESET", "runner_error", undefined],
] as const)("a thrown %s is told as %s", async ([code, expected, retryable]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(async () => fail(Object.assign(new Error("no luck"), { code })));
  expect(result.metadata["xrt.error_code"]).toBe(expected);
  expect(result.metadata["xrt.retryable"]).toBe(retryable);
});

test.for([
  ["failed", "runner_error"],
  ["timed_out", "deadline"],
  ["cancelled", "cancelled"],
  ["rejected", "runner_error"],
] as const)("an outcome of %s without an error still says something", async ([status, code]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(async () => ({ status }));
  expect(result.error_summary).toContain(`the runner for "manual" answered ${status} without saying why`);
  if (status === "timed_out") expect(result.error_summary).toContain("timeout");
  expect(result.metadata["xrt.error_code"]).toBe(code);
});

test("a rejected outcome has no exit code and no output", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(async () => ({
    ...outcome.rejected("command_not_found", "no such program: sl"),
    exit_code: 127,
  }));
  expect(result).toMatchObject({ status: "rejected", exit_code: null, stdout_path: null, stderr_path: null });
});

test("a summary is one line, and a page of it is cut", async () => {
  await using bench = await openWorkbench();
  const lines = await bench.run(async () => outcome.failed("acme.x", " first\r\n\n  second \n"));
  expect(lines.result.error_summary).toBe("first second");
  const page = await bench.run(async () => outcome.failed("acme.x", "x".repeat(100_000)));
  expect(page.result.error_summary).toBe(`${"x".repeat(4000)}…`);
});

function fail(thrown: unknown): never {
  throw thrown;
}
