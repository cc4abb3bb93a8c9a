import { describe, expect } from "vitest";
import { invocation, test } from "../sandbox.ts";

const descriptor = {
  schema_version: "0.1",
  contract_kind: "artifact_descriptor",
  artifact_id: "a",
  path: "/a",
  kind: "file",
  description: "",
  metadata: {},
};

describe("xrt validate", () => {
  test("says ok to an invocation, also one without envelope", async ({ sandbox }) => {
    const file = sandbox.write("in.json", invocation());
    expect(await sandbox.xrt(["validate", file])).toMatchObject({ status: 0, stdout: "ok\n", stderr: "" });
  });

  test("says ok to a result as xrt run prints it", async ({ sandbox }) => {
    sandbox.write("in.json", invocation());
    const { status, stdout } = await sandbox.bash("set -o pipefail; xrt run in.json | xrt validate -");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "ok\n" });
  });

  test("goes by schema_version", async ({ sandbox }) => {
    const later = { schema_version: "0.2", limits: { idle_seconds: 0.5 }, timeout_seconds: 1.5 };
    const check = (changes: object) => sandbox.xrt(["validate", "-"], { input: invocation({ ...changes }) });
    expect(await check(later)).toMatchObject({ status: 0, stdout: "ok\n" });
    const { stdout } = await check({ ...later, schema_version: "0.1" });
    expect(stdout).toContain("not a runtime_invocation of contract v0.1");
    expect(stdout).toContain("timeout_seconds: expected a whole number or null, got 1.5");
    expect(stdout).toContain("limits: unknown key");
    const artifact = {
      ...descriptor,
      schema_version: "0.2",
      size_bytes: 1,
      sha256: null,
      media_type: "text/html",
    };
    expect(await sandbox.xrt(["validate", "-"], { input: JSON.stringify(artifact) })).toMatchObject({
      stdout: "ok\n",
    });
  });

  test("goes by contract_kind, and names every problem on one line", async ({ sandbox }) => {
    expect(await sandbox.xrt(["validate", "-"], { input: JSON.stringify(descriptor) })).toMatchObject({
      status: 0,
      stdout: "ok\n",
    });
    const bad = JSON.stringify({ ...descriptor, path: "", kind: 1, "new\nline": 1 });
    const { status, stdout, stderr } = await sandbox.xrt(["validate", "-"], { input: bad });
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    expect(stdout).toMatch(/^invalid: not a artifact_descriptor.*\n$|^invalid: .*artifact_descriptor.*\n$/);
    for (const part of ["path: ", "kind: ", "new\\nline: "]) expect(stdout).toContain(part);
  });

  test.for([
    [
      "an unknown kind",
      '{"contract_kind":"runtime_reslt"}',
      'contract_kind "runtime_reslt" is not known, did you mean "runtime_result"?',
    ],
    [
      "a kind that is no word",
      '{"contract_kind":7}',
      "contract_kind 7 is not known (known: runtime_invocation, ",
    ],
    ["an unknown version", '{"schema_version":"9"}', 'schema_version "9" is not known'],
    ["bad JSON", '{"a":1,}', "line 1, column 8: not JSON"],
    ["bad UTF-8", Buffer.from([0x22, 0xff]), "byte 1 (line 1, column 2) is 0xff"],
    ["nothing", "", "it is empty"],
    ["a word", "null", "expected an object"],
  ] as const)("says invalid, and why, to %s", async ([_name, input, reason], { sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(["validate", "-"], { input });
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    expect(stdout).toMatch(/^invalid: .*\n$/);
    expect(stdout).toContain(reason);
  });

  test("has a sentence on stderr for what it cannot read", async ({ sandbox }) => {
    expect(await sandbox.xrt(["validate", "missing.json"])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: "xrt validate: cannot read missing.json: no such file or directory\n",
    });
  });
});

describe("xrt validate --ndjson", () => {
  test("prints one line for each line", async ({ sandbox }) => {
    const lines = [invocation(), "", "{}", JSON.stringify(descriptor), "[1 2]", '"ü\ufffd"', invocation()];
    const input = Buffer.concat([Buffer.from("\ufeff"), Buffer.from(lines.join("\r\n"))]);
    const { status, stdout, stderr } = await sandbox.xrt(["validate", "--ndjson", "-"], { input });
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    const verdicts = stdout.trimEnd().split("\n");
    expect(verdicts.map((verdict) => verdict.replace(/: .*/, ""))).toEqual([
      "ok",
      "invalid",
      "invalid",
      "ok",
      "invalid",
      "invalid",
      "ok",
    ]);
    expect(verdicts[4]).toContain("line 5, column 4: not JSON");
  });

  test("tells the place of a bad byte in the whole input", async ({ sandbox }) => {
    const input = Buffer.concat([Buffer.from(`${invocation()}\n"`), Buffer.from([0xff, 0x22, 0x0a])]);
    const { stdout } = await sandbox.xrt(["validate", "--ndjson", "-"], { input });
    expect(stdout).toContain(`byte ${invocation().length + 2} (line 2, column 2) is 0xff`);
  });

  test("ends with 0 where all lines are ok, and for no lines", async ({ sandbox }) => {
    const input = `${invocation()}\n${invocation()}\n`;
    expect(await sandbox.xrt(["validate", "--ndjson", "-"], { input })).toMatchObject({
      status: 0,
      stdout: "ok\nok\n",
    });
    expect(await sandbox.xrt(["validate", "--ndjson", "-"], { input: "" })).toMatchObject({
      status: 0,
      stdout: "",
    });
  });

  test("reads a line at a time: a file larger than the heap is no trouble", async ({ sandbox }) => {
    sandbox.write("line", `${invocation({ metadata: { padding: "x".repeat(1000) } })}\n`);
    const { status, stdout } = await sandbox.bash(
      "for i in $(seq 300); do cat line; done > chunk; for i in $(seq 200); do cat chunk; done | xrt validate --ndjson - | sort | uniq -c",
      { env: { NODE_OPTIONS: "--max-old-space-size=48" } },
    );
    expect(status).toBe(0);
    expect(stdout.trim()).toBe("60000 ok");
  });

  test("says invalid to a line over the limit, without keeping it", async ({ sandbox }) => {
    const { stdout } = await sandbox.bash(
      `{ head -c 70000000 /dev/zero; echo; echo '${invocation()}'; } | xrt validate --ndjson -`,
    );
    expect(stdout).toBe("invalid: line 1: it is larger than the limit of 67108864 bytes (64 MiB)\nok\n");
  });

  test("dies by SIGPIPE when nobody reads its lines any more, without a word", async ({ sandbox }) => {
    const { stdout, stderr } = await sandbox.bash(
      'yes "{}" | xrt validate --ndjson - | head -1; echo "${PIPESTATUS[1]}"',
    );
    expect(stdout).toMatch(/^invalid: .*\n141\n$/);
    expect(stderr).toBe("");
  });
});
