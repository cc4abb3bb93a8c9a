import { mkdirSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { main, test, type Sandbox } from "../sandbox.ts";

/** The environment that the command sees, without what a shell adds. */
async function seen(
  sandbox: Sandbox,
  args: string[],
  env: Record<string, string> = {},
): Promise<Record<string, string>> {
  const print = "console.log(JSON.stringify(process.env))";
  const { status, stdout, stderr } = await sandbox.xrt(["exec", ...args, process.execPath, "-e", print], {
    env,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout) as Record<string, string>;
}

describe("the command's environment", () => {
  test("is ours, and the run's own names", async ({ sandbox }) => {
    const environment = await seen(sandbox, [], { OURS: "1" });
    expect(environment).toMatchObject({ OURS: "1", HOME: sandbox.env["HOME"] });
    expect(environment["XRT_RUN_DIR"]).toContain(sandbox.tmp);
  });

  test("gets what -e sets, also an empty value and one with =", async ({ sandbox }) => {
    const environment = await seen(
      sandbox,
      ["-e", "A=1", "--env", "B=x=y", "-e", "EMPTY=", "-e", "OURS=new"],
      { OURS: "old" },
    );
    expect(environment).toMatchObject({ A: "1", B: "x=y", EMPTY: "", OURS: "new" });
  });

  test("loses what -u names, and keeps what -e sets all the same", async ({ sandbox }) => {
    const environment = await seen(sandbox, ["-u", "GONE", "--unset", "BACK", "-e", "BACK=set"], {
      GONE: "1",
      BACK: "1",
    });
    expect(environment).not.toHaveProperty("GONE");
    expect(environment).toMatchObject({ BACK: "set" });
  });

  test("has under --clean-env only what other options name", async ({ sandbox }) => {
    const environment = await seen(sandbox, ["--clean-env", "-e", "PASSED", "-e", "NOT_SET", "-e", "SET=1"], {
      PASSED: "p",
      OURS: "1",
    });
    const own = Object.keys(environment).filter(
      (name) => !name.startsWith("XRT_") && name !== "__CF_USER_TEXT_ENCODING",
    );
    expect(own.toSorted()).toEqual(["PASSED", "SET"]);
  });

  test("gets the variables of --env-file, over which -e and a later file win", async ({ sandbox }) => {
    sandbox.write("one.env", "# comment\nA=from file\nB=\"quoted # text\"\nexport C='c'\nOURS=file\n");
    sandbox.write("two.env", "\ufeffA=from two\n");
    const environment = await seen(
      sandbox,
      ["-e", "C=option", "--env-file", "one.env", "--env-file", "two.env"],
      { OURS: "1" },
    );
    expect(environment).toMatchObject({ A: "from two", B: "quoted # text", C: "option", OURS: "file" });
  });

  test.runIf(process.platform === "linux")(
    "gets nothing from an --env-file that is the command's own, though Node reads it",
    async ({ sandbox }) => {
      sandbox.write("its.env", "LEAKED=1\nOURS=file\n");
      const print = "console.log(process.env.LEAKED, process.env.OURS)";
      const command = `OURS=ours "${process.execPath}" "${main}" exec "${process.execPath}" -e '${print}' x --env-file its.env`;
      const { stdout } = await sandbox.bash(command);
      expect(stdout).toBe("undefined ours\n");
    },
  );

  test("gets the value of --secret-env, which is in no record of the run", async ({ sandbox }) => {
    const secret = "s3cr3t-value-of-a-test";
    const args = [
      "exec",
      "--clean-env",
      "--dir",
      "runs",
      "--id",
      "one",
      "--secret-env",
      "PASS",
      "-e",
      "PATH",
    ];
    const script = '[ "$PASS" = "$EXPECTED" ] && echo right; exit 3';
    const { stdout } = await sandbox.xrt([...args, "-e", `EXPECTED=${secret}`, "sh", "-c", script], {
      env: { PASS: secret },
    });
    expect(stdout).toBe("right\n");
    const { status, stderr } = await sandbox.xrt([...args, "sh", "-c", "exit 3"], { env: { PASS: secret } });
    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
    const folder = sandbox.path("runs/one~2");
    for (const name of readdirSync(folder, { withFileTypes: true })) {
      if (name.isFile()) expect(readFileSync(join(folder, name.name), "utf8")).not.toContain(secret);
    }
  });
});

describe("xrt exec refuses with 125 and a sentence", () => {
  test.for([
    [["-e", "=x"], '--env: "" is not the name of a variable'],
    [["-u", "A=secret"], '--unset: "A=…" is not the name of a variable'],
    [["--secret-env", "NOT_SET_HERE"], "--secret-env: NOT_SET_HERE is not set in the environment of xrt"],
    [["--env-file", "missing.env"], "--env-file: cannot read missing.env: no such file or directory"],
    [["--meta", "novalue"], '--meta: "novalue" is not of the form key=value'],
    [["--meta", "=x"], '--meta: "=x" is not of the form key=value'],
    [["--meta", "subprocess.nonsense=1"], "subprocess.nonsense"],
  ] as const)("%j", async ([args, sentence], { sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(["exec", ...args, "true"]);
    expect({ status, stdout }).toEqual({ status: 125, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/^xrt exec: .*\n$/);
    expect(sandbox.left()).toEqual([]);
  });

  test("an --env-file that is not UTF-8", async ({ sandbox }) => {
    sandbox.write("bad.env", Buffer.from([0x41, 0x3d, 0xff]));
    const { status, stderr } = await sandbox.xrt(["exec", "--env-file", "bad.env", "true"]);
    expect(status).toBe(125);
    expect(stderr).toMatch(/^xrt exec: --env-file: bad\.env: byte 2 .*\n$/);
  });
});

describe("-C", () => {
  test("is where the command runs, while other paths stay relative to us", async ({ sandbox }) => {
    mkdirSync(sandbox.path("sub"));
    sandbox.write("input", "in\n");
    const { stdout } = await sandbox.xrt([
      "exec",
      "-C",
      "sub",
      "--input",
      "input",
      "--result",
      "r.json",
      "sh",
      "-c",
      "pwd -P; cat",
    ]);
    expect(stdout).toBe(`${realpathSync(sandbox.path("sub"))}\nin\n`);
    expect(JSON.parse(sandbox.read("r.json"))).toMatchObject({ status: "succeeded" });
  });

  test("to a folder that is missing is told with 125", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt(["exec", "--chdir", "missing", "true"]);
    expect(status).toBe(125);
    expect(stderr).toContain(`working directory does not exist: ${sandbox.path("missing")}`);
  });
});
