import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect } from "vitest";
import { test, until } from "../sandbox.ts";

function keptIn(stderr: string): string {
  return /its directory is kept: (.*)\n/.exec(stderr)?.[1] ?? "";
}

describe("the run directory of xrt exec", () => {
  test("is temporary, and deleted when the command succeeded", async ({ sandbox }) => {
    const { shown, ended } = sandbox.start([
      "exec",
      "sh",
      "-c",
      "echo $XRT_RUN_DIR; until [ -e go ]; do sleep 0.05; done",
    ]);
    await until(() => shown.stdout.endsWith("\n"), "the command has named its directory");
    const directory = shown.stdout.trim();
    expect(directory.startsWith(sandbox.tmp)).toBe(true);
    expect(statSync(dirname(directory)).mode & 0o777).toBe(0o700);
    sandbox.write("go", "");
    expect((await ended).stderr).toBe("");
    expect(sandbox.left()).toEqual([]);
  });

  test("is kept when it did not, and named on stderr", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt(["exec", "sh", "-c", "echo out; exit 3"]);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^xrt exec: its directory is kept: .*\n$/);
    expect(existsSync(`${keptIn(stderr)}/result.json`)).toBe(true);
  });

  test("is not named under -q, where nothing is said of a timeout either", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt(["exec", "-q", "--timeout", "0.2", "sleep", "60"]);
    expect({ status, stderr }).toEqual({ status: 124, stderr: "" });
    expect(sandbox.left()).toHaveLength(1);
  });

  test("is made in --dir, named by --id, and stays, without a word", async ({ sandbox }) => {
    const { stderr } = await sandbox.xrt(["exec", "--dir", "runs", "--id", "one", "echo", "hi"]);
    expect(stderr).toBe("");
    expect(sandbox.read("runs/one/stdout.txt")).toBe("hi\n");
    const failed = await sandbox.xrt(["exec", "--dir", "runs", "--id", "one", "false"]);
    expect(failed).toMatchObject({ status: 1, stderr: "" });
    expect(existsSync(sandbox.path("runs/one~2/result.json"))).toBe(true);
    expect(sandbox.left()).toEqual([]);
  });

  test("is kept for what the command put into XRT_ARTIFACT_DIR", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt([
      "exec",
      "sh",
      "-c",
      "echo report > $XRT_ARTIFACT_DIR/report.txt",
    ]);
    expect(status).toBe(0);
    expect(existsSync(`${keptIn(stderr)}/artifacts/report.txt`)).toBe(true);
  });
});

describe("xrt exec --result", () => {
  test("says that the result could not be written, and ends with 125", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt(["exec", "-q", "--result", "/dev/null/r.json", "true"]);
    expect(status).toBe(125);
    expect(stderr).toMatch(/^xrt exec: the result could not be written to \/dev\/null\/r\.json: .*\n$/);
  });

  test("writes the result, whose files are kept", async ({ sandbox }) => {
    const args = [
      "exec",
      "--result",
      "out/r.json",
      "--id",
      "one",
      "--meta",
      "team=blue",
      "--meta",
      "a=b=c",
      "echo",
      "hi",
    ];
    const { status, stdout, stderr } = await sandbox.xrt(args);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "hi\n", stderr: "" });
    const result = JSON.parse(sandbox.read("out/r.json"));
    expect(result).toMatchObject({ invocation_id: "one", runtime_name: "echo", status: "succeeded" });
    expect(existsSync(result.stdout_path)).toBe(true);
    expect(existsSync(`${result.metadata["xrt.run_directory"]}/events.ndjson`)).toBe(true);
  });

  test("is written for a command that never ran, too", async ({ sandbox }) => {
    const { status } = await sandbox.xrt(["exec", "--result", "r.json", "-C", "missing", "true"]);
    expect(status).toBe(125);
    expect(JSON.parse(sandbox.read("r.json"))).toMatchObject({ status: "rejected" });
    expect(sandbox.left()).toEqual([]);
  });

  test("describes the files of --artifact", async ({ sandbox }) => {
    mkdirSync(sandbox.path("dist"));
    const script = "echo 1 > dist/a.js; echo 2 > dist/b.css; echo 3 > dist/c.txt";
    await sandbox.xrt([
      "exec",
      "--result",
      "r.json",
      "--artifact",
      "dist/*.js",
      "--artifact",
      "dist/*.css",
      "sh",
      "-c",
      script,
    ]);
    const { artifacts } = JSON.parse(sandbox.read("r.json")) as { artifacts: { path: string }[] };
    const names = artifacts
      .map(({ path }) => /\/dist\/(.*)$/.exec(path)?.[1])
      .filter((name) => name !== undefined);
    expect(new Set(names)).toEqual(new Set(["a.js", "b.css"]));
  });
});

test("--meta stands in the invocation", async ({ sandbox }) => {
  await sandbox.xrt(["exec", "--dir", "runs", "--id", "one", "--meta", "team=blue", "true"]);
  expect(sandbox.read("runs/one/events.ndjson")).toContain('"team":"blue"');
});

describe("xrt exec -v", () => {
  test("sums up on stderr, without colours where that is no terminal", async ({ sandbox }) => {
    const { stdout, stderr } = await sandbox.xrt(["exec", "-v", "echo", "hi"]);
    expect(stdout).toBe("hi\n");
    expect(stderr).toMatch(/^succeeded {2}echo, \d+.*, exit code 0\n$/);
  });

  test("names the reason and the directory of a failure", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt(["exec", "-v", "-q", "sh", "-c", "exit 3"]);
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /^failed {2}sh, .*, exit code 3\n {2}"sh" exited with status 3.*\n {2}directory \/.*\n$/,
    );
  });
});
