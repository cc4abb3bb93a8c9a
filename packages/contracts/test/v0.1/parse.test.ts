import { describe, expect, test } from "vitest";
import { isXrtError, type Issue, type XrtError } from "@xrt/contracts";
import {
  parseArtifactDescriptor,
  parseInvocation,
  parseResult,
  RuntimeInvocation,
  runtimeKinds,
} from "@xrt/contracts/v0.1";
import { wireInvocation, wireResult } from "./documents.ts";

function problemsOf(parse: (value: unknown) => unknown, value: unknown): readonly Issue[] {
  try {
    parse(value);
  } catch (error) {
    if (!isXrtError(error)) throw error;
    expect(error.code).toBe("ERR_XRT_INVALID_DOCUMENT");
    const issues = error.issues ?? [];
    // Whoever reads only the message sees every problem too.
    for (const { path, message } of issues)
      expect(error.message).toContain(
        [...path, ""].join(".").slice(0, -1) + (path.length === 0 ? "" : ": ") + message,
      );
    return issues;
  }
  return [];
}

function errorOf(parse: (value: unknown) => unknown, value: unknown): XrtError {
  try {
    parse(value);
  } catch (error) {
    if (isXrtError(error)) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const zeros: readonly unknown[] = Array.from({ length: 200_000 }, () => 0);

describe("parseInvocation", () => {
  test.each([
    ["an empty invocation_id", "invocation_id", "", 'expected a non-empty string, got ""'],
    ["an empty runtime_name", "runtime_name", "", 'expected a non-empty string, got ""'],
    ["an empty working_directory", "working_directory", "", 'expected a non-empty string, got ""'],
    ["an empty command", "command", [], "expected an array of at least one item, got an empty array"],
    ["a command that is a string", "command", "make", 'expected an array, got "make"'],
    ["a timeout of 0", "timeout_seconds", 0, "expected a number above 0 or null, got 0"],
    ["a negative timeout", "timeout_seconds", -1, "expected a number above 0 or null, got -1"],
    ["a fractional timeout", "timeout_seconds", 1.5, "expected a whole number or null, got 1.5"],
    ["a timeout in a string", "timeout_seconds", "5", 'expected a number or null, got "5"'],
    [
      "a timeout that JSON readers round",
      "timeout_seconds",
      2 ** 53,
      "expected a number of at most 9007199254740991 or null, got 9007199254740992",
    ],
    ["a path that is a number", "artifact_directory", 7, "expected a string or null, got 7"],
    ["another version", "schema_version", "0.2", 'expected "0.1", got "0.2"'],
    [
      "another kind of document",
      "contract_kind",
      "runtime_result",
      'expected "runtime_invocation", got "runtime_result"',
    ],
    [
      "an environment that is a list",
      "environment",
      ["A=1"],
      "expected an object whose values are strings, got an array",
    ],
    ["metadata that is null", "metadata", null, "expected an object whose values are strings, got null"],
  ])("refuses %s, naming the field, the value and what was expected", (_case, field, value, message) => {
    expect(problemsOf(parseInvocation, wireInvocation({ [field]: value }))).toEqual([
      { path: [field], message },
    ]);
  });

  test("refuses an unknown kind, listing the known ones", () => {
    const [issue] = problemsOf(parseInvocation, wireInvocation({ runtime_kind: "docker" }));
    expect(issue?.path).toEqual(["runtime_kind"]);
    expect(issue?.message).toContain('got "docker"');
    for (const kind of runtimeKinds) expect(issue?.message).toContain(JSON.stringify(kind));
  });

  test("lists every problem at once, each with its path", () => {
    const issues = problemsOf(parseInvocation, {
      invocation_id: "",
      runtime_kind: "subprocess",
      command: ["a", 7],
      environment: { A: 1 },
      workdir: "/",
    });
    expect(issues.map(({ path }) => path.join("."))).toEqual([
      "invocation_id",
      "runtime_name",
      "working_directory",
      "command.1",
      "environment.A",
      "workdir",
    ]);
    expect(issues.find(({ path }) => path[0] === "runtime_name")?.message).toBe("missing, expected a string");
  });

  test("refuses an unknown key, naming the nearest known one", () => {
    const [issue] = problemsOf(parseInvocation, wireInvocation({ timeout_second: 5 }));
    expect(issue?.path).toEqual(["timeout_second"]);
    expect(issue?.message).toContain('did you mean "timeout_seconds"?');
  });

  test.each([[null], [[]], ["make"], [7], [undefined]])("refuses %j, which is no object", (value) => {
    const [issue, ...more] = problemsOf(parseInvocation, value);
    expect(issue?.path).toEqual([]);
    expect(issue?.message).toContain("expected an object");
    expect(more).toEqual([]);
  });

  test.each([
    ["items of a list", { command: ["true", ...zeros] }, "command.1", 200_000],
    ["values of a map", { environment: Object.fromEntries(zeros.entries()) }, "environment.0", 200_000],
    [
      "unknown keys",
      Object.fromEntries(zeros.slice(0, 20_000).map((_, n) => [`key${n}`, n])),
      "key0",
      20_000,
    ],
    ["problems of several kinds", { command: zeros, metadata: zeros, extra: 1 }, "command.0", 200_002],
  ])("describes 100 of very many wrong %s, and counts the rest", (_case, fields, first, count) => {
    const error = errorOf(parseInvocation, wireInvocation(fields));
    expect(error.code).toBe("ERR_XRT_INVALID_DOCUMENT");
    expect(error.issues).toHaveLength(101);
    expect(error.issues?.[0]?.path.join(".")).toBe(first);
    expect(error.issues?.at(-1)).toEqual({ path: [], message: `and ${count - 100} more problems` });
    expect(error.message).toMatch(/; and \d+ more problems$/);
    expect(error.message.length).toBeLessThan(100_000);
  });

  test("cuts a long unknown key in its message", () => {
    const error = errorOf(parseInvocation, wireInvocation({ ["k".repeat(1_000_000)]: 1 }));
    expect(error.message.length).toBeLessThan(1000);
  });

  test("the wire schema itself does not throw for very many problems", () => {
    expect(RuntimeInvocation.safeParse(wireInvocation({ command: zeros })).error?.issues).toHaveLength(101);
  });

  test("refuses an own __proto__ key at the top, with the other problems", () => {
    const text = `{"__proto__":{"invocation_id":"x"},${JSON.stringify(wireInvocation({ runtime_name: "" })).slice(1)}`;
    const issues = problemsOf(parseInvocation, JSON.parse(text));
    expect(issues.map(({ path }) => path)).toEqual([["runtime_name"], ["__proto__"]]);
  });

  test("keeps an own __proto__ key inside environment and metadata", () => {
    const map = JSON.parse('{"__proto__":"kept","A":"1"}') as Record<string, string>;
    const parsed = parseInvocation(wireInvocation({ environment: map, metadata: map }));
    for (const kept of [parsed.environment, parsed.metadata]) {
      expect(Object.entries(kept)).toEqual([
        ["__proto__", "kept"],
        ["A", "1"],
      ]);
      expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
    }
    expect(JSON.stringify(parsed.environment)).toBe('{"__proto__":"kept","A":"1"}');
  });

  test("takes process.env as the environment", () => {
    expect(parseInvocation(wireInvocation({ environment: process.env })).environment).toStrictEqual({
      ...process.env,
    });
  });

  test.each([
    ["a value that is no string", { TOKEN: ["hunter2-secret"] }],
    ["a value inside an object", { TOKEN: { value: "hunter2-secret" } }],
    ["the whole as text", "TOKEN=hunter2-secret"],
    ["the whole as a list", ["TOKEN=hunter2-secret"]],
    ["a good secret beside a bad value", { TOKEN: "hunter2-secret", PORT: 80 }],
  ])("shows no environment value in its message: %s", (_case, environment) => {
    const issues = problemsOf(parseInvocation, wireInvocation({ environment }));
    expect(issues).toHaveLength(1);
    expect(JSON.stringify(issues)).not.toContain("hunter2");
  });

  test("fills in what an author may leave out, and nothing else", () => {
    const { invocation_id, runtime_name, runtime_kind, working_directory, command } = wireInvocation();
    const short = { invocation_id, runtime_name, runtime_kind, working_directory, command };
    expect(parseInvocation(short)).toStrictEqual(wireInvocation({ environment: {}, timeout_seconds: null }));
    for (const field of Object.keys(short)) {
      const { [field]: _left, ...rest } = short as Record<string, unknown>;
      expect(problemsOf(parseInvocation, rest).map(({ path }) => path)).toEqual([[field]]);
    }
  });

  test("leaves the wire schema itself strict", () => {
    const { metadata: _metadata, ...rest } = wireInvocation();
    expect(RuntimeInvocation.safeParse(rest).success).toBe(false);
  });

  test("changes nothing in what it was given", () => {
    const given = Object.freeze({ ...wireInvocation(), environment: Object.freeze({ A: "1" }) });
    const parsed = parseInvocation(given);
    expect(parsed).toStrictEqual({ ...given });
    expect(parsed.environment).not.toBe(given.environment);
  });

  test("cuts a long value in its message", () => {
    const [issue] = problemsOf(parseInvocation, wireInvocation({ runtime_kind: "x".repeat(10_000) }));
    expect(issue?.message.length).toBeLessThan(300);
  });
});

describe("parseResult", () => {
  test.each(["schema_version", "contract_kind", "exit_code", "error_summary", "artifacts", "metadata"])(
    "requires %s",
    (field) => {
      const { [field]: _left, ...rest } = wireResult() as unknown as Record<string, unknown>;
      const issues = problemsOf(parseResult, rest);
      expect(issues.map(({ path }) => path)).toEqual([[field]]);
      expect(issues[0]?.message).toMatch(/^missing, expected /);
    },
  );

  test.each([
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.123456789Z",
    "2026-01-02T03:04:05+05:30",
    "2026-01-02t03:04:60z",
    "yesterday",
  ])("takes the time %s: date-time is an annotation, for the reader to use", (time) => {
    expect(parseResult(wireResult({ started_at: time })).started_at).toBe(time);
  });

  test("takes statuses that are not terminal", () => {
    expect(parseResult(wireResult({ status: "running" })).status).toBe("running");
  });

  test("describes 100 problems of very many wrong artifacts, and counts the rest", () => {
    const error = errorOf(parseResult, wireResult({ artifacts: [...zeros] }));
    expect(error.code).toBe("ERR_XRT_INVALID_DOCUMENT");
    expect(error.issues?.at(-1)?.message).toBe("and 199900 more problems");
    expect(error.message.length).toBeLessThan(100_000);
  });

  test("refuses a fractional exit code", () => {
    expect(problemsOf(parseResult, wireResult({ exit_code: 0.5 }))).toEqual([
      { path: ["exit_code"], message: "expected a whole number or null, got 0.5" },
    ]);
  });

  test("names a problem inside an artifact by its whole path", () => {
    const artifact = {
      schema_version: "0.1",
      contract_kind: "artifact_descriptor",
      artifact_id: "log",
      path: "",
      kind: "file",
      description: "",
      metadata: {},
      size: 7,
    };
    expect(problemsOf(parseResult, wireResult({ artifacts: [artifact] }))).toEqual([
      { path: ["artifacts", 0, "path"], message: 'expected a non-empty string, got ""' },
      { path: ["artifacts", 0, "size"], message: "unknown key" },
    ]);
  });
});

describe("parseArtifactDescriptor", () => {
  test("requires every key", () => {
    expect(problemsOf(parseArtifactDescriptor, {}).map(({ path }) => path[0])).toEqual([
      "schema_version",
      "contract_kind",
      "artifact_id",
      "path",
      "kind",
      "description",
      "metadata",
    ]);
  });
});
