import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { RuntimeInvocation } from "@xrt/contracts/v0.1";
import { afterEach, expect, test, vi } from "vitest";
import type { SubprocessOptions } from "../src/index.ts";
import { openWorkbench } from "./workbench.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const printer = "/usr/bin/env";

async function environmentOf(
  fields: Partial<RuntimeInvocation>,
  options: SubprocessOptions = {},
): Promise<Record<string, string>> {
  await using bench = await openWorkbench(options);
  const { stdout, result } = await bench.run([printer], fields);
  expect(result.status).toBe("succeeded");
  const lines = stdout.trimEnd().split("\n");
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

test("the invocation's environment lies over the inherited one", async () => {
  vi.stubEnv("XRT_TEST_INHERITED", "ours");
  vi.stubEnv("XRT_TEST_REPLACED", "ours");
  const environment = await environmentOf({
    environment: { XRT_TEST_REPLACED: "theirs", XRT_TEST_ADDED: "a=b" },
  });
  expect(environment).toMatchObject({
    XRT_TEST_INHERITED: "ours",
    XRT_TEST_REPLACED: "theirs",
    XRT_TEST_ADDED: "a=b",
  });
});

test("nothing is inherited where the host or the run says so", async () => {
  vi.stubEnv("XRT_TEST_INHERITED", "ours");
  const expected = ["A", "XRT_ARTIFACT_DIR", "XRT_RUN_DIR"];
  const byHost = await environmentOf({ environment: { A: "1" } }, { inheritEnvironment: false });
  expect(Object.keys(byHost).toSorted()).toEqual(expected);
  const byRun = await environmentOf({
    environment: { A: "1" },
    metadata: { "subprocess.inherit_environment": "false" },
  });
  expect(Object.keys(byRun).toSorted()).toEqual(expected);
});

test("of a list only the names that are set are inherited", async () => {
  vi.stubEnv("XRT_TEST_INHERITED", "ours");
  vi.stubEnv("XRT_TEST_OTHER", "ours");
  const inheritEnvironment = ["XRT_TEST_INHERITED", "XRT_TEST_NOT_SET", "constructor", "__proto__"];
  const environment = await environmentOf({}, { inheritEnvironment });
  expect(Object.keys(environment).toSorted()).toEqual([
    "XRT_ARTIFACT_DIR",
    "XRT_RUN_DIR",
    "XRT_TEST_INHERITED",
  ]);
});

test("names can be unset, wherever they came from", async () => {
  vi.stubEnv("XRT_TEST_INHERITED", "ours");
  const environment = await environmentOf({
    environment: { XRT_TEST_ADDED: "1", XRT_TEST_KEPT: "1" },
    metadata: {
      "subprocess.unset_environment": '["XRT_TEST_INHERITED","XRT_TEST_ADDED","XRT_TEST_UNKNOWN"]',
    },
  });
  expect(environment).not.toHaveProperty("XRT_TEST_INHERITED");
  expect(environment).not.toHaveProperty("XRT_TEST_ADDED");
  expect(environment).toMatchObject({ XRT_TEST_KEPT: "1" });
});

test("names that JavaScript objects have of their own reach the program", async () => {
  const environment = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}') as Record<
    string,
    string
  >;
  await using bench = await openWorkbench({ inheritEnvironment: false });
  const { stdout } = await bench.run([printer], { environment });
  expect(stdout).toContain("__proto__=a\n");
  expect(stdout).toContain("constructor=b\n");
  expect(stdout).toContain("toString=c\n");
});

test("values are given byte for byte: empty, long, with line ends, in UTF-8", async () => {
  await using bench = await openWorkbench();
  const value = `ä🙂\n\t"'$()${"x".repeat(100_000)}`;
  const { stdout } = await bench.shell('printf "%s|%s" "$EMPTY" "$VALUE"', {
    environment: { EMPTY: "", VALUE: value },
  });
  expect(stdout).toBe(`|${value}`);
});

test("a program is told its run directory, its artifact directory and its payload", async () => {
  await using bench = await openWorkbench();
  const payload = path.join(bench.directory, "payload");
  await writeFile(payload, "");
  const { result, stdout } = await bench.shell(
    'printf "%s\\n" "$XRT_RUN_DIR" "$XRT_ARTIFACT_DIR" "$XRT_INPUT_PATH"; echo left > "$XRT_ARTIFACT_DIR/left.txt"',
    { input_payload_path: payload, environment: { XRT_RUN_DIR: "not this" } },
  );
  const run = result.metadata["xrt.run_directory"];
  expect(stdout).toBe(`${run}\n${run}/artifacts\n${payload}\n`);
  expect(result.artifacts.map(({ artifact_id }) => artifact_id)).toContain("left.txt");
});

test("a run without a payload does not see the payload of a run around it", async () => {
  vi.stubEnv("XRT_INPUT_PATH", "/outer/payload");
  expect(await environmentOf({})).not.toHaveProperty("XRT_INPUT_PATH");
});

test("the command is looked up on the PATH of the invocation", async () => {
  await using bench = await openWorkbench();
  const bin = path.join(bench.directory, "bin");
  await mkdir(bin);
  await writeFile(path.join(bin, "true"), "#!/bin/sh\nexit 42\n", { mode: 0o755 });
  const theirs = await bench.run(["true"], { environment: { PATH: bin } });
  expect(theirs.result.exit_code).toBe(42);
  const ours = await bench.run(["true"]);
  expect(ours.result.exit_code).toBe(0);
  const relative = await bench.run(["true"], { environment: { PATH: "bin" } });
  expect(relative.result.exit_code).toBe(42);
});

test("without any PATH the system's default one serves", async () => {
  await using bench = await openWorkbench({ inheritEnvironment: false });
  const { result } = await bench.run(["true"]);
  expect(result.status).toBe("succeeded");
});

test.for(["", "/nonexistent", "/etc/passwd", "/etc/passwd/x:/nonexistent"])(
  "a PATH of %j on which the command is not is a command_not_found that shows it",
  async (PATH) => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(["true"], { environment: { PATH } });
    expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "command_not_found" } });
    expect(result.error_summary).toContain(
      `"true" is in no directory of PATH, which is ${JSON.stringify(PATH)}`,
    );
  },
);

test.for([
  ["", "empty"],
  ["A=B", '"A=B" contains "="'],
])("the environment name %j is rejected", async ([name = "", sentence = ""]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(["true"], { environment: { [name]: "x" } });
  expect(result).toMatchObject({
    status: "rejected",
    exit_code: null,
    metadata: { "xrt.error_code": "subprocess.invalid_environment" },
  });
  expect(result.error_summary).toContain(sentence);
});
