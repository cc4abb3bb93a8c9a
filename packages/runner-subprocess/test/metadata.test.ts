import { expect, test } from "vitest";
import { SubprocessRunner, type SubprocessOptions } from "../src/index.ts";
import { openWorkbench } from "./workbench.ts";

interface Validated {
  readonly value?: Record<string, unknown>;
  readonly issues?: readonly { message: string; path: readonly PropertyKey[] }[];
}

function validate(metadata: Record<string, string>, options: SubprocessOptions = {}): Validated {
  return new SubprocessRunner(options).metadata.schema["~standard"].validate(metadata) as Validated;
}

function config(metadata: Record<string, string>, options?: SubprocessOptions): Record<string, unknown> {
  const { value, issues } = validate(metadata, options);
  expect(issues).toBeUndefined();
  return value ?? {};
}

function refusal(key: string, text: string, options?: SubprocessOptions): string {
  const { issues = [] } = validate({ [key]: text }, options);
  expect(issues.map(({ path }) => path)).toEqual([[key]]);
  return issues[0]?.message ?? "";
}

test("without metadata a run goes by the host's options, and those have the documented defaults", () => {
  expect(config({})).toEqual({
    inheritEnvironment: true,
    unsetEnvironment: [],
    stopSignal: "SIGTERM",
    graceMs: null,
    leftovers: "kill",
    mergeOutput: false,
    stdin: "input",
    artifactGlobs: [],
  });
  expect(
    config({}, { inheritEnvironment: ["PATH"], stopSignal: "SIGINT", graceMs: 7, mergeOutput: true }),
  ).toMatchObject({
    inheritEnvironment: ["PATH"],
    stopSignal: "SIGINT",
    graceMs: 7,
    mergeOutput: true,
  });
});

test("every key sets what it is named for", () => {
  const given = {
    inherit_environment: '["PATH"]',
    unset_environment: '["A","B"]',
    stop_signal: "SIGINT",
    grace_ms: "2000",
    leftovers: "leave",
    merge_output: "true",
    stdin: "none",
    artifact_globs: '["dist/**"]',
  };
  expect(config(given, { leftovers: "leave" })).toEqual({
    inheritEnvironment: ["PATH"],
    unsetEnvironment: ["A", "B"],
    stopSignal: "SIGINT",
    graceMs: 2000,
    leftovers: "leave",
    mergeOutput: true,
    stdin: "none",
    artifactGlobs: ["dist/**"],
  });
});

test("an unknown key is refused with the nearest known one, also one that is called __proto__", () => {
  expect(refusal("stop_signl", "SIGTERM")).toContain('did you mean "stop_signal"?');
  const { issues } = validate(JSON.parse('{"__proto__":"x"}') as Record<string, string>);
  expect(issues).toHaveLength(1);
});

test("all problems are told at once, each under its key", () => {
  const { issues = [] } = validate({ stdin: "nothing", grace_ms: "soon", merge_output: "yes", oops: "1" });
  const keys = issues.map(({ path }) => String(path[0]));
  expect(keys.toSorted()).toEqual(["grace_ms", "merge_output", "oops", "stdin"]);
});

test("a value that cannot be read is refused with what was expected and what came", () => {
  expect(refusal("merge_output", "yes")).toBe('expected "true" or "false", got "yes"');
  expect(refusal("stop_signal", "SIGTRM")).toContain('got "SIGTRM", did you mean SIGTERM?');
  expect(refusal("grace_ms", "-1")).toContain('got "-1"');
  expect(refusal("grace_ms", "1.5")).toContain('got "1.5"');
  expect(refusal("unset_environment", "PATH")).toContain(
    'a JSON array of strings, such as ["A","B"], got "PATH"',
  );
  expect(refusal("unset_environment", "[1]")).toContain("a JSON array of strings");
  expect(refusal("leftovers", "ignore")).toBe('expected "kill" or "leave", got "ignore"');
});

test("metadata may lower the host's grace and not raise it", () => {
  expect(config({ grace_ms: "100" }, { graceMs: 100 })["graceMs"]).toBe(100);
  expect(refusal("grace_ms", "101", { graceMs: 100 })).toContain("at most the 100 ms that the host allows");
  expect(refusal("grace_ms", "5001")).toContain("at most the 5000 ms");
});

test("metadata may narrow the inherited environment and not widen it", () => {
  expect(config({ inherit_environment: "true" })["inheritEnvironment"]).toBe(true);
  expect(config({ inherit_environment: "false" })["inheritEnvironment"]).toBe(false);
  const some = { inheritEnvironment: ["PATH", "HOME"] };
  expect(config({ inherit_environment: '["HOME"]' }, some)["inheritEnvironment"]).toEqual(["HOME"]);
  expect(config({ inherit_environment: "false" }, some)["inheritEnvironment"]).toBe(false);
  expect(refusal("inherit_environment", "true", some)).toContain("only PATH, HOME");
  expect(refusal("inherit_environment", '["HOME","AWS_SECRET"]', some)).toContain(
    '"AWS_SECRET" would widen it',
  );
  expect(config({ inherit_environment: "[]" }, { inheritEnvironment: false })["inheritEnvironment"]).toEqual(
    [],
  );
  expect(refusal("inherit_environment", '["PATH"]', { inheritEnvironment: false })).toContain("nothing");
  expect(refusal("inherit_environment", "some")).toContain('"true", "false" or a JSON array of names');
});

test("metadata may have leftovers killed, and left only where the host leaves them", () => {
  expect(config({ leftovers: "kill" }, { leftovers: "leave" })["leftovers"]).toBe("kill");
  expect(refusal("leftovers", "leave")).toContain("would widen it");
  expect(refusal("leftovers", "leave", { leftovers: "kill" })).toContain("would widen it");
});

test("a pattern that leaves the working directory is refused, whatever its spelling", () => {
  for (const pattern of [
    "/etc/passwd",
    "C:\\secrets",
    "../x",
    "a/../../x",
    "{..,a}/x",
    "@(..|a)/x",
    "a\\..\\x",
    "..",
  ]) {
    expect(refusal("artifact_globs", JSON.stringify([pattern])), pattern).toMatch(/absolute|climbs out/);
  }
  expect(refusal("artifact_globs", '[""]')).toContain("empty");
  expect(refusal("artifact_globs", '["a\\u0000b"]')).toContain("NUL");
  expect(config({ artifact_globs: '["a..b/**", "...", "a/..b"]' })["artifactGlobs"]).toHaveLength(3);
});

function patterns(...list: readonly string[]): string {
  return JSON.stringify(list);
}

test("patterns have limits, and what is just within them is taken", () => {
  const longest = `${"a".repeat(195)}/*.?*`;
  const most = Array.from({ length: 100 }, () => "**/a/**/b/**/*-?*[a-c]");
  expect(config({ artifact_globs: patterns(longest) })["artifactGlobs"]).toEqual([longest]);
  expect(config({ artifact_globs: patterns(...most) })["artifactGlobs"]).toHaveLength(100);
  expect(refusal("artifact_globs", patterns(`a${longest}`))).toContain("at most 200 characters, got 201");
  expect(refusal("artifact_globs", patterns(...most, "a"))).toContain("at most 100 patterns, got 101");
  expect(refusal("artifact_globs", patterns("a/{b}"))).toContain("braces");
  for (const sign of "+*@!?") {
    expect(refusal("artifact_globs", patterns(`a/${sign}(b)`))).toContain("extended glob");
  }
  expect(refusal("artifact_globs", patterns("x/*a*b*/y"))).toContain("more than 2 *");
  expect(refusal("artifact_globs", patterns("**/a/**/b/**/c/**"))).toContain("more than 3 segments");
});

test("a run with bad metadata is rejected, and every problem is named by its whole key", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(["true"], {
    metadata: { "subprocess.stdin": "x", "subprocess.stop": "y", "other.key": "ignored" },
  });
  expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "invalid_metadata" } });
  expect(result.error_summary).toContain("subprocess.stdin");
  expect(result.error_summary).toContain("subprocess.stop");
  expect(result.error_summary).not.toContain("other.key");
});
