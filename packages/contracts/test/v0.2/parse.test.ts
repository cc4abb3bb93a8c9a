import { describe, expect, test } from "vitest";
import { isXrtError, type Issue } from "@xrt/contracts";
import {
  createInvocation,
  parseArtifactDescriptor,
  parseInvocation,
  parseResult,
  RuntimeInvocation,
} from "@xrt/contracts/v0.2";
import { wireInvocation, wireResult } from "./documents.ts";

function problemsOf(parse: (value: unknown) => unknown, value: unknown): readonly Issue[] {
  try {
    parse(value);
  } catch (error) {
    if (isXrtError(error) && error.code === "ERR_XRT_INVALID_DOCUMENT") return error.issues ?? [];
    throw error;
  }
  return [];
}

const kinds = ["subprocess", "http", "http_async", "container", "manual", "unknown"];
const kindExpected = `expected ${kinds.map((kind) => JSON.stringify(kind)).join(" or ")} or`;
const namespaced = 'two or more lower-case words between dots, as in "acme.ssh"';

describe("parseInvocation", () => {
  test("fills in what its author left out", () => {
    const { invocation_id, runtime_name, runtime_kind, working_directory, command } = wireInvocation();
    const least = { invocation_id, runtime_name, runtime_kind, working_directory, command };
    expect(parseInvocation(least)).toStrictEqual(
      wireInvocation({ environment: {}, timeout_seconds: null, limits: null }),
    );
  });

  test.each(["acme.ssh", "acme.k8s.job", "x-y.z_1", "a.b"])("takes the kind %s", (runtime_kind) => {
    expect(parseInvocation(wireInvocation({ runtime_kind })).runtime_kind).toBe(runtime_kind);
  });

  test.each(["docker", "Acme.ssh", "acme.", ".ssh", "acme..ssh", "acme.Ssh", "1a.b", "acme.ssh\n", "a b.c"])(
    "refuses the kind %j",
    (runtime_kind) => {
      expect(problemsOf(parseInvocation, wireInvocation({ runtime_kind }))).toEqual([
        {
          path: ["runtime_kind"],
          message: `${kindExpected} ${namespaced}, got ${JSON.stringify(runtime_kind)}`,
        },
      ]);
    },
  );

  test.each([0.001, 1.5, 5e-324, 60, Number.MAX_SAFE_INTEGER])("takes %d seconds", (timeout_seconds) => {
    expect(parseInvocation(wireInvocation({ timeout_seconds })).timeout_seconds).toBe(timeout_seconds);
  });

  test.each([
    [
      "a timeout of 0",
      { timeout_seconds: 0 },
      ["timeout_seconds"],
      "expected a number above 0 or null, got 0",
    ],
    [
      "a timeout without end",
      { timeout_seconds: Infinity },
      ["timeout_seconds"],
      "expected a number or null, got Infinity",
    ],
    ["limits in a list", { limits: [] }, ["limits"], "expected an object or null, got an empty array"],
    [
      "a limit of half a byte",
      { limits: { output_bytes: 0.5 } },
      ["limits", "output_bytes"],
      "expected a whole number, got 0.5",
    ],
    [
      "a limit of no process",
      { limits: { processes: 0 } },
      ["limits", "processes"],
      "expected a number above 0, got 0",
    ],
    [
      "a limit that is null",
      { limits: { idle_seconds: null } },
      ["limits", "idle_seconds"],
      "expected a number, got null",
    ],
    [
      "a limit that nobody knows",
      { limits: { idle_second: 5 } },
      ["limits", "idle_second"],
      'unknown key, did you mean "idle_seconds"? (known: output_bytes, memory_bytes, cpu_seconds, processes, idle_seconds)',
    ],
  ])("refuses %s", (_case, changes, path, message) => {
    expect(problemsOf(parseInvocation, wireInvocation(changes))).toEqual([{ path, message }]);
  });

  test("refuses a document of v0.1", () => {
    expect(problemsOf(parseInvocation, wireInvocation({ schema_version: "0.1" }))).toEqual([
      { path: ["schema_version"], message: 'expected "0.2", got "0.1"' },
    ]);
  });
});

describe("parseResult", () => {
  test("takes a whole result", () => {
    const error = { code: "acme.quota", message: "no more", retryable: false };
    const result = wireResult({ status: "failed", error, error_summary: "no more", signal: "SIGTERM" });
    expect(parseResult(result)).toStrictEqual(result);
  });

  test.each([
    [{ usage: {} }, ["usage", "wall_ms"], "missing, expected a number"],
    [{ usage: { wall_ms: -1 } }, ["usage", "wall_ms"], "expected a number of at least 0, got -1"],
    [{ error: { code: "idle" } }, ["error", "message"], "missing, expected a string"],
    [{ run_directory: 7 }, ["run_directory"], "expected a string or null, got 7"],
  ])("refuses %j", (changes, path, message) => {
    expect(problemsOf(parseResult, wireResult(changes))).toEqual([{ path, message }]);
  });

  test("refuses a code that is neither XRT's nor somebody's own", () => {
    const [issue] = problemsOf(parseResult, wireResult({ error: { code: "oops", message: "" } }));
    expect(issue?.path).toEqual(["error", "code"]);
    expect(issue?.message).toContain(`"runner_did_not_stop" or ${namespaced}, got "oops"`);
  });
});

test("an artifact's hash is 64 lower-case hexadecimal digits", () => {
  const artifact = {
    schema_version: "0.2",
    contract_kind: "artifact_descriptor",
    artifact_id: "a",
    path: "/a",
    kind: "file",
    description: "",
    size_bytes: 0,
    sha256: "ab".repeat(32),
    media_type: "text/plain",
    metadata: {},
  };
  expect(parseArtifactDescriptor(artifact)).toStrictEqual(artifact);
  expect(problemsOf(parseArtifactDescriptor, { ...artifact, sha256: "AB" })).toEqual([
    { path: ["sha256"], message: 'expected 64 lower-case hexadecimal digits or null, got "AB"' },
  ]);
});

test("createInvocation fills in the rest, and what it makes is whole on the wire", () => {
  const { invocation_id, ...rest } = createInvocation({ runtime_kind: "acme.ssh", command: ["bin/make"] });
  expect(invocation_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(rest).toMatchObject({
    schema_version: "0.2",
    runtime_name: "make",
    limits: null,
    timeout_seconds: null,
  });
  expect(RuntimeInvocation.safeParse({ invocation_id, ...rest }).success).toBe(true);
});
