import { createHash } from "node:crypto";
import { existsSync, mkdirSync, truncateSync } from "node:fs";
import { describe, expect } from "vitest";
import { invocation, test } from "../sandbox.ts";

describe("xrt run", () => {
  test("reads an invocation from a file and writes one result to stdout, nothing else anywhere", async ({
    sandbox,
  }) => {
    const file = sandbox.write("in.json", invocation({ command: ["sh", "-c", "echo out; echo err >&2"] }));
    const { status, stdout, stderr } = await sandbox.xrt(["run", file]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ contract_kind: "runtime_result", status: "succeeded", exit_code: 0 });
    expect(sandbox.read(".xrt/test-1/stdout.txt")).toBe("out\n");
    expect(result.stdout_path).toMatch(/\/\.xrt\/test-1\/stdout\.txt$/);
  });

  test("reads it from a piped stdin", async ({ sandbox }) => {
    const { stdout } = await sandbox.xrt(["run", "-"], { input: invocation() });
    expect(JSON.parse(stdout)).toMatchObject({ invocation_id: "test-1", status: "succeeded" });
  });

  test("reads it from a stdin that is a file, and tolerates a byte order mark", async ({ sandbox }) => {
    sandbox.write("in.json", `\ufeff${invocation()}`);
    const { stdout } = await sandbox.bash("xrt run - < in.json");
    expect(JSON.parse(stdout)).toMatchObject({ status: "succeeded" });
  });

  test.for([
    ["succeeded", 0, { command: ["true"] }],
    ["failed", 1, { command: ["false"] }],
    ["timed_out", 124, { command: ["sleep", "60"], timeout_seconds: 1 }],
    ["rejected", 125, { command: ["no-such-program-anywhere"] }],
    ["rejected", 125, { runtime_kind: "container" }],
  ] as const)(
    "ends with the status of the result: %s with %d, %j",
    async ([status, code, changes], { sandbox }) => {
      const ended = await sandbox.xrt(["run", "-"], { input: invocation(changes) });
      expect(JSON.parse(ended.stdout)).toMatchObject({ status });
      expect(ended).toMatchObject({ status: code, stderr: "" });
    },
  );

  test("ends with 0 under --exit-zero, whatever the result says", async ({ sandbox }) => {
    const ended = await sandbox.xrt(["run", "--exit-zero", "-"], {
      input: invocation({ command: ["false"] }),
    });
    expect(JSON.parse(ended.stdout)).toMatchObject({ status: "failed" });
    expect(ended.status).toBe(0);
  });

  test("makes the run directory in --dir, whatever the document says", async ({ sandbox }) => {
    const input = invocation({ artifact_directory: sandbox.path("documents-choice") });
    const { stdout } = await sandbox.xrt(["run", "--dir", "runs", "-"], { input });
    expect(JSON.parse(stdout).metadata["xrt.run_directory"]).toMatch(/\/runs\/test-1$/);
    expect(existsSync(sandbox.path("runs/test-1/result.json"))).toBe(true);
    expect(existsSync(sandbox.path("documents-choice"))).toBe(false);
  });

  test("names the kind that has no runner, and all the kinds that there are", async ({ sandbox }) => {
    const { stdout } = await sandbox.xrt(["run", "-"], { input: invocation({ runtime_kind: "container" }) });
    const { error_summary } = JSON.parse(stdout);
    expect(error_summary).toContain("no runner registered");
    expect(error_summary).toContain("container");
    const { stdout: runners } = await sandbox.xrt(["runners"]);
    for (const line of runners.trimEnd().split("\n")) expect(error_summary).toContain(line.split(" ")[0]);
  });

  test("answers an invocation of v0.2 in v0.2", async ({ sandbox }) => {
    const input = invocation({
      schema_version: "0.2",
      command: ["sh", "-c", "echo page > $XRT_ARTIFACT_DIR/page; kill -KILL $$"],
      limits: { output_bytes: 1000 },
    });
    sandbox.write("in.json", input);
    const { status, stdout } = await sandbox.bash("xrt run in.json | tee out.json | xrt validate -");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "ok\n" });
    const result = JSON.parse(sandbox.read("out.json"));
    expect(result).toMatchObject({
      schema_version: "0.2",
      status: "failed",
      exit_code: 137,
      signal: "SIGKILL",
      run_directory: expect.stringMatching(/\/\.xrt\/test-1$/),
      error: { code: "killed_by_signal", message: result.error_summary },
      usage: { wall_ms: expect.any(Number) },
      metadata: {},
    });
    const sha256 = createHash("sha256").update("page\n").digest("hex");
    expect(result.artifacts.at(-1)).toMatchObject({ artifact_id: "page", size_bytes: 5, sha256 });
  });

  test("takes an invocation of v0.2 that another language wrote", async ({ sandbox }) => {
    // Not as JSON.stringify would write it: a float, an exponent, an escaped letter.
    const document = `{"schema_version":"0.2","invocation_id":"c-1","runtime_name":"hello","runtime_kind":"subprocess",
      "working_directory":".","comm\\u0061nd":["sleep","60"],"timeout_seconds":5.0e-2,"limits":{"idle_seconds":30.0}}`;
    const { status, stdout, stderr } = await sandbox.bash(`xrt run - <<'END'\n${document}\nEND`);
    expect({ status, stderr }).toEqual({ status: 124, stderr: "" });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ schema_version: "0.2", error: { code: "deadline" } });
    expect(result.usage.wall_ms).toBeGreaterThanOrEqual(50);
  });

  test("names the kind of a third party that nobody registered", async ({ sandbox }) => {
    const input = invocation({ schema_version: "0.2", runtime_kind: "acme.ssh" });
    const { stdout } = await sandbox.xrt(["run", "-"], { input });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      runtime_kind: "acme.ssh",
      status: "rejected",
      error: { code: "no_runner" },
    });
    expect(result.error_summary).toContain("runtime_kind='acme.ssh'");
  });

  test("says timeout for a timeout", async ({ sandbox }) => {
    const input = invocation({ command: ["sleep", "60"], timeout_seconds: 1 });
    const { stdout } = await sandbox.xrt(["run", "-"], { input });
    expect(JSON.parse(stdout).error_summary).toContain("timeout");
  });

  test("leaves nothing in a result that a terminal would obey", async ({ sandbox }) => {
    const input = invocation({ metadata: { note: "a\u009b2Jb\u007f" } });
    const { stdout } = await sandbox.xrt(["run", "-"], { input });
    expect(stdout).toMatch(/^[\n\x20-\x7e]*$/);
    const rejected = invocation({ command: ["\u001b[31mred\u009b"] });
    const { stdout: other } = await sandbox.xrt(["run", "-"], { input: rejected });
    expect(other).toMatch(/^[\n\x20-\x7e]*$/);
    expect(JSON.parse(other).error_summary).toContain("red");
  });
});

describe("xrt run refuses with one sentence, status 2 and nothing on stdout", () => {
  test.for([
    ["bad JSON", '{\n "a": }', "standard input: line 2, column 7: not JSON: expected a value"],
    ["bad UTF-8", Buffer.from([0x7b, 0x22, 0xff]), "standard input: byte 2 (line 1, column 3) is 0xff"],
    ["nothing", "", "standard input: it is empty"],
    [
      "an unknown version",
      invocation({ schema_version: "7.3" }),
      'schema_version "7.3" is not known here; known: "0.1"',
    ],
    ["no object", "[1]", "expected an object, got an array"],
    ["a result", '{"contract_kind":"runtime_result"}', 'contract_kind: expected "runtime_invocation"'],
  ] as const)("%s", async ([_name, input, sentence], { sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(["run", "-"], { input });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/^xrt run: .*\n$/);
  });

  test("every problem of an invalid document", async ({ sandbox }) => {
    const input = invocation({ command: [], timeout_seconds: 1.5, comand: ["x"], environment: { A: 1 } });
    const { status, stdout, stderr } = await sandbox.xrt(["run", "-"], { input });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^xrt run: .*\n$/);
    for (const part of [
      "command: ",
      "timeout_seconds: ",
      "comand: ",
      'did you mean "command"',
      "environment.A: ",
    ]) {
      expect(stderr).toContain(part);
    }
  });

  test("a key that would move the cursor is shown escaped", async ({ sandbox }) => {
    const { stderr } = await sandbox.xrt(["run", "-"], { input: invocation({ "\u001b[2J\n": 1 }) });
    expect(stderr).toContain("\\u001b[2J\\n");
    expect(stderr).not.toContain("\u001b");
    expect(stderr).toMatch(/^xrt run: .*\n$/);
  });

  test("a file that is missing, a directory, and one that cannot be read", async ({ sandbox }) => {
    mkdirSync(sandbox.path("folder"));
    const missing = await sandbox.xrt(["run", "missing.json"]);
    expect(missing.stderr).toBe("xrt run: cannot read missing.json: no such file or directory\n");
    const folder = await sandbox.xrt(["run", "folder"]);
    expect(folder.stderr).toMatch(/^xrt run: cannot read folder: it is a directory.*\n$/);
    const piped = await sandbox.bash("xrt run - < folder");
    expect(piped.stderr).toMatch(/^xrt run: cannot read standard input: it is a directory.*\n$/);
    for (const { status, stdout } of [missing, folder, piped]) expect([status, stdout]).toEqual([2, ""]);
  });

  test.runIf(process.platform === "linux")("a file whose reading fails", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt(["run", "/proc/self/mem"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^xrt run: cannot read \/proc\/self\/mem: .*\n$/);
  });

  test("a file over the limit, saying how large it is and what the limit is", async ({ sandbox }) => {
    truncateSync(sandbox.write("big.json", ""), 70_000_000);
    const file = await sandbox.xrt(["run", "big.json"]);
    expect(file.stderr).toMatch(
      /^xrt run: big\.json has 70000000 bytes, more than the limit of 67108864 bytes \(64 MiB\).*\n$/,
    );
    const piped = await sandbox.bash("cat big.json | xrt run -");
    expect(piped.stderr).toMatch(
      /^xrt run: standard input has more bytes than the limit of 67108864 bytes.*\n$/,
    );
    for (const { status, stdout } of [file, piped]) expect([status, stdout]).toEqual([2, ""]);
  });

  test.for([[["run"]], [["run", "a", "b"]], [["run", "--nonsense", "a"]], [["run", "--dir"]]] as const)(
    "the usage %j",
    async ([args], { sandbox }) => {
      const { status, stdout, stderr } = await sandbox.xrt(args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/^xrt run: .*; see xrt run --help\n$/);
    },
  );
});
