import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { outcome, type Invocation, type Outcome } from "@xrt/contracts";
import { downInvocation, upResult } from "@xrt/contracts/codec";
import * as v01 from "@xrt/contracts/v0.1";
import * as v02 from "@xrt/contracts/v0.2";
import { assertSucceeded, ExecutorRuntime, openRun } from "@xrt/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leaveBehind, recoverAll } from "./left-behind.ts";
import { processRunner } from "./process-runner.ts";
import { openWorkbench, runnerOf, succeed, type Work } from "./workbench.ts";

const require = createRequire(import.meta.url);
const ajv = new Ajv2020({ strictTypes: "log", logger: false, validateFormats: false });

function validator(version: string): (document: unknown) => boolean {
  const file = require.resolve(`@xrt/contracts/schemas/v${version}/runtime_result.json`);
  return ajv.compile(JSON.parse(readFileSync(file, "utf8")) as object);
}

const isResult = { "0.1": validator("0.1"), "0.2": validator("0.2") };

const busy: Outcome = {
  status: "failed",
  exit_code: 137,
  signal: "SIGKILL",
  error: { code: "acme.quota", message: "the quota is used up", retryable: true },
  usage: { cpu_user_ms: 3 },
  metadata: { "acme.note": "kept" },
};

test("one runtime serves callers of both versions at once, each in its own", async () => {
  await using bench = await openWorkbench({ runners: { subprocess: processRunner() } });
  const fields: v01.InvocationInput = {
    runtime_kind: "subprocess",
    working_directory: bench.directory,
    command: ["sh", "-c", "echo out; echo left > $XRT_ARTIFACT_DIR/report.txt"],
  };
  const { schema_version: _none, ...neutral } = fields;
  const pairs = Array.from({ length: 10 }, () => [
    v01.createInvocation(fields),
    v02.createInvocation(neutral),
  ]);
  const results = await Promise.all(pairs.flat().map((invocation) => bench.runtime.run(invocation)));
  expect(results.map(({ schema_version }) => schema_version)).toEqual(pairs.flatMap(() => ["0.1", "0.2"]));
  for (const result of results) {
    expect(isResult[result.schema_version](result)).toBe(true);
    expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
    const latest = result.schema_version === "0.1" ? upResult(result) : result;
    expect(latest).toMatchObject({
      signal: null,
      run_directory: path.join(bench.directory, ".xrt", result.invocation_id),
      error: null,
      usage: { wall_ms: expect.any(Number) as number },
      metadata: {},
    });
    expect(
      latest.artifacts.map((artifact) => [artifact.artifact_id, artifact.size_bytes, artifact.metadata]),
    ).toEqual([
      ["stdout", 4, {}],
      ["stderr", 0, {}],
      ["report.txt", 5, {}],
    ]);
    expect(latest.artifacts.at(-1)?.sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});

test("both versions tell of the same run, v0.1 in its metadata", async () => {
  await using bench = await openWorkbench({ runners: { manual: runnerOf(async () => busy) } });
  const later = await bench.runtime.run(
    v02.createInvocation({ runtime_kind: "manual", command: ["work"], working_directory: bench.directory }),
  );
  expect(later).toMatchObject({
    status: "failed",
    exit_code: 137,
    signal: "SIGKILL",
    error_summary: "the quota is used up",
    error: { code: "acme.quota", message: "the quota is used up", retryable: true },
    usage: { cpu_user_ms: 3, wall_ms: expect.any(Number) as number },
    metadata: { "acme.note": "kept" },
  });
  const earlier = await bench.runtime.run(bench.invocation());
  expect(isResult["0.1"](earlier)).toBe(true);
  const { signal, error, error_summary, exit_code, metadata } = later;
  expect(upResult(earlier)).toMatchObject({ signal, error, error_summary, exit_code, metadata });
  expect(() => assertSucceeded(later)).toThrow(
    expect.objectContaining({ error: later.error, result: later }) as Error,
  );
});

test("what is on disk is the answer's own version, and another process reads it back", async () => {
  await using bench = await openWorkbench({ runners: { manual: runnerOf(async () => busy) } });
  const invocation = v02.createInvocation({
    runtime_kind: "manual",
    command: ["work"],
    working_directory: bench.directory,
    timeout_seconds: 60.5,
    limits: { output_bytes: 1000 },
  });
  const result = await bench.runtime.run(invocation);
  const directory = result.run_directory ?? "";
  expect(JSON.parse(readFileSync(path.join(directory, "result.json"), "utf8"))).toEqual(result);
  const [first = "", second = ""] = readFileSync(path.join(directory, "events.ndjson"), "utf8").split("\n");
  expect(v02.parseInvocation(JSON.parse(first))).toEqual(invocation);
  expect(JSON.parse(second)).toMatchObject({ type: "accepted", schema_version: "0.2" });
  const record = await openRun(directory);
  expect(await record.result).toEqual(result);
});

test("the event of an artifact has it in the latest version", async () => {
  await using bench = await openWorkbench();
  const { events } = await bench.run(processRunner(), {
    command: ["sh", "-c", "echo left > $XRT_ARTIFACT_DIR/report.txt"],
  });
  const told = events.find((event) => event.type === "artifact");
  expect(v02.parseArtifactDescriptor(told?.artifact)).toMatchObject({
    artifact_id: "report.txt",
    size_bytes: 5,
  });
});

test("a document of no known version is refused, naming those that are", () => {
  const runtime = new ExecutorRuntime();
  const unknown = { schema_version: "9.7" } as unknown as v02.RuntimeInvocation;
  expect(() => runtime.start(unknown)).toThrow(
    expect.objectContaining({
      code: "ERR_XRT_UNKNOWN_VERSION",
      message: expect.stringContaining('known: "0.1", "0.2"') as string,
    }) as Error,
  );
});

const tell =
  (seen: Invocation[]): Work =>
  async (invocation) => {
    seen.push(invocation);
    return outcome.succeeded();
  };

describe("a third party's kind", () => {
  test("is registered and reached from v0.2 by its name", async () => {
    const seen: Invocation[] = [];
    await using bench = await openWorkbench({ runners: { "acme.ssh": runnerOf(tell(seen)) } });
    expect(bench.runtime.isRegistered("acme.ssh")).toBe(true);
    const result = await bench.runtime.run(
      v02.createInvocation({ runtime_kind: "acme.ssh", command: ["ls"], working_directory: bench.directory }),
    );
    expect(result).toMatchObject({ runtime_kind: "acme.ssh", status: "succeeded" });
    expect(seen).toMatchObject([{ runtime_kind: "acme.ssh" }]);
  });

  test("is reached from v0.1 as unknown, with its name in metadata, both ways", async () => {
    const seen: Invocation[] = [];
    await using bench = await openWorkbench({ runners: { "acme.ssh": runnerOf(tell(seen)) } });
    const result = await bench.runtime.run(
      bench.invocation({
        runtime_kind: "unknown",
        metadata: { "xrt.runtime_kind": "acme.ssh", "acme.host": "a" },
      }),
    );
    expect(isResult["0.1"](result)).toBe(true);
    expect(result).toMatchObject({
      schema_version: "0.1",
      runtime_kind: "unknown",
      status: "succeeded",
      metadata: { "xrt.runtime_kind": "acme.ssh" },
    });
    expect(seen).toMatchObject([{ runtime_kind: "acme.ssh", metadata: { "acme.host": "a" } }]);
    expect(seen[0]?.metadata).not.toHaveProperty("xrt.runtime_kind");
    const record = await openRun(result.metadata["xrt.run_directory"] ?? "");
    expect(await record.result).toEqual(result);
  });

  test("is named where nobody registered it, in either version", async () => {
    await using bench = await openWorkbench({ runners: { manual: runnerOf(succeed) } });
    const later = v02.createInvocation({ runtime_kind: "acme.ssh", command: ["ls"] });
    for (const invocation of [later, downInvocation(later)]) {
      const result = await bench.runtime.run(invocation);
      expect(result.status).toBe("rejected");
      expect(result.error_summary).toContain("runtime_kind='acme.ssh' (registered: 'manual')");
    }
  });

  test.for(["docker", "Acme.ssh", "acme.", "", "acme ssh", 7])("cannot be %j", (kind) => {
    const runtime = new ExecutorRuntime();
    expect(() => runtime.register(kind as string, runnerOf(succeed))).toThrow(
      expect.objectContaining({
        code: "ERR_XRT_INCOMPATIBLE_RUNNER",
        message: expect.stringContaining(
          "expected subprocess, http, http_async, container, manual, unknown, or two or more lower-case words",
        ) as string,
      }) as Error,
    );
  });
});

test.for([
  ["xrt.limits", "{", "limits"],
  ["xrt.limits", '{"idle_seconds":0}', "limits"],
  ["xrt.timeout_seconds", "7.5", "timeout_seconds"],
  ["xrt.runtime_kind", "docker", "runtime_kind"],
] as const)(
  "a later field in metadata that cannot be read is rejected: %s: %s",
  async ([key, text, field]) => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(succeed, { timeout_seconds: 5, metadata: { [key]: text } });
    expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "invalid_metadata" } });
    expect(result.error_summary).toContain(
      `metadata ${key}: ${JSON.stringify(text)} cannot be read as the ${field}`,
    );
  },
);

test("a fraction of a second is a deadline, from v0.2 and from the metadata of v0.1", async () => {
  await using bench = await openWorkbench();
  const later = v02.createInvocation({
    runtime_kind: "manual",
    command: ["sleep", "600"],
    working_directory: bench.directory,
    timeout_seconds: 0.25,
  });
  for (const invocation of [later, downInvocation(later)]) {
    const result = await bench.runtime.run(invocation, { runner: processRunner() });
    expect(result).toMatchObject({
      status: "timed_out",
      error_summary: "timeout: the manual run exceeded its timeout of 0.25 seconds",
    });
  }
});

test("a run of v0.2 whose supervisor died is answered in v0.2, with its fraction of a second and its limits", async () => {
  await using bench = await openWorkbench();
  const later = { timeout_seconds: 600.5, limits: { output_bytes: 1000 }, runtime_kind: "manual" } as const;
  await leaveBehind(bench.directory, ["a"], { later });
  const run = path.join(bench.directory, "a");
  expect(await (await openRun(run)).result).toMatchObject({
    schema_version: "0.2",
    run_directory: run,
    error: { code: "supervisor_died" },
  });
  let seen: Invocation | undefined;
  const runner = runnerOf(succeed, {
    recover: async (invocation, _state, { stdout }) => {
      seen = invocation;
      await stdout.write("x".repeat(1000));
      return outcome.succeeded();
    },
  });
  bench.runtime.register("manual", runner);
  const { runs } = await recoverAll(bench.runtime, bench.directory);
  expect(seen).toMatchObject(later);
  const result = await runs[0]?.result;
  expect(isResult["0.2"](result)).toBe(true);
  // What it had printed before counts too.
  expect(result).toMatchObject({
    schema_version: "0.2",
    status: "failed",
    error: { code: "limit_exceeded" },
  });
  expect(await (await openRun(run)).result).toEqual(result);
});

// Any text may come from a runner, and numbers as large as JSON readers agree on.
const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\ud800", "\u0000", "__proto__"));
const word = text.filter((value) => value.trim() !== "");
const metadata = fc
  .array(
    fc.tuple(
      text.filter((key) => !key.startsWith("xrt.")),
      text,
    ),
    { maxLength: 4 },
  )
  .map((entries) => Object.fromEntries(entries) as Record<string, string>);
const amount = fc.oneof(fc.nat(), fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true }));
const anyOutcome: fc.Arbitrary<Outcome> = fc
  .record(
    {
      status: fc.constantFrom("failed", "timed_out", "cancelled", "rejected", "succeeded"),
      exit_code: fc.option(fc.maxSafeInteger(), { nil: null }),
      signal: fc.option(word, { nil: null }),
      error: fc.record(
        { code: fc.constantFrom("idle", "acme.quota", "a-b.c_d.e1"), message: word, retryable: fc.boolean() },
        { requiredKeys: ["code", "message"], noNullPrototype: true },
      ),
      usage: fc.record(
        { wall_ms: amount, cpu_user_ms: amount, cpu_system_ms: amount, max_rss_bytes: fc.maxSafeNat() },
        { requiredKeys: [], noNullPrototype: true },
      ),
      stdout_path: fc.option(word, { nil: null }),
      metadata,
      artifacts: fc.array(
        fc.record(
          {
            path: fc.constant("left.txt"),
            artifact_id: word,
            kind: word,
            description: text,
            media_type: word,
            size_bytes: fc.maxSafeNat(),
            sha256: fc.constant("ab".repeat(32)),
            metadata,
          },
          { requiredKeys: ["path"], noNullPrototype: true },
        ),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: ["status"], noNullPrototype: true },
  )
  .map(({ error, ...rest }) =>
    rest.status === "succeeded" || error === undefined ? rest : { ...rest, error },
  );

/** What two runs of the same outcome have in common. */
function told({ metadata, status, error, signal, exit_code, error_summary }: v02.RuntimeResult): object {
  return { metadata, status, error, signal, exit_code, error_summary };
}

test("whatever a runner may answer is a valid result in either version, and the same in both", async () => {
  await using bench = await openWorkbench();
  writeFileSync(path.join(bench.directory, "left.txt"), "left");
  let invocations = 0;
  await fc.assert(
    fc.asyncProperty(anyOutcome, async (answer) => {
      invocations += 1;
      const later = v02.createInvocation({
        invocation_id: String(invocations),
        runtime_kind: "acme.fuzz",
        command: ["work"],
        working_directory: bench.directory,
      });
      const runner = runnerOf(async () => answer);
      const [first, second] = [
        await bench.runtime.run(downInvocation(later), { runner }),
        await bench.runtime.run(later, { runner }),
      ];
      expect(isResult["0.1"](first)).toBe(true);
      expect(isResult["0.2"](second)).toBe(true);
      expect(second.error_summary ?? "").not.toContain("broke its contract");
      expect(told(upResult(first))).toStrictEqual(told(second));
    }),
    { numRuns: 200 },
  );
});
