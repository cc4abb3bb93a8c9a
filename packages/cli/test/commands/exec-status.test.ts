import { chmodSync } from "node:fs";
import { describe, expect } from "vitest";
import { test, until } from "../sandbox.ts";

describe("xrt exec ends", () => {
  test.for([0, 1, 3, 124, 255])("with the command's own status: %d", async (code, { sandbox }) => {
    const { status, stdout } = await sandbox.xrt(["exec", "-q", "sh", "-c", `exit ${code}`]);
    expect({ status, stdout }).toEqual({ status: code, stdout: "" });
  });

  test.for(["SIGTERM", "SIGKILL", "SIGINT", "SIGUSR1", "SIGSEGV", "SIGPIPE", "SIGXFSZ"] as const)(
    "by the signal that ended the command: %s",
    async (name, { sandbox }) => {
      const { status, signal } = await sandbox.xrt(["exec", "-q", "sh", "-c", `kill -${name.slice(3)} $$`]);
      expect({ status, signal }).toEqual({ status: null, signal: name });
    },
  );

  test("with 128 + n for a shell that looks", async ({ sandbox }) => {
    const { stdout } = await sandbox.bash("xrt exec -q sh -c 'kill -TERM $$'; echo $?");
    expect(stdout).toBe("143\n");
  });

  test("with 127 for a program that is not there, saying so even under -q", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt(["exec", "-q", "no-such-program-anywhere"]);
    expect(status).toBe(127);
    expect(stderr).toMatch(/^xrt exec: .*no-such-program-anywhere.*\n$/);
    expect(sandbox.left()).toEqual([]);
  });

  test("with 126 for a file that is not executable", async ({ sandbox }) => {
    const file = sandbox.write("plain", "text");
    chmodSync(file, 0o644);
    const { status, stderr } = await sandbox.xrt(["exec", "./plain"]);
    expect(status).toBe(126);
    expect(stderr).toMatch(/^xrt exec: .*not executable.*\n$/);
  });

  test.for([
    [[]],
    [["--"]],
    [["--nonsense", "true"]],
    [["--timeout"]],
    [["--timeout", "soon", "true"]],
    [["-k", "99d", "true"]],
    [["-s", "NONSENSE", "true"]],
  ] as const)("with 125 for the usage %j", async ([args], { sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(["exec", ...args]);
    expect({ status, stdout }).toEqual({ status: 125, stdout: "" });
    expect(stderr).toMatch(/^xrt exec: .*\n$/);
  });

  test("with 125 where no temporary directory can be made", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt(["exec", "true"], { env: { TMPDIR: "/no/such/folder" } });
    expect(status).toBe(125);
    expect(stderr).toMatch(/^xrt exec: cannot make a directory in \/no\/such\/folder: .*--dir\n$/);
  });
});

describe("options end", () => {
  test("at the first operand", async ({ sandbox }) => {
    const { stdout } = await sandbox.xrt(["exec", "echo", "-v", "--timeout", "1", "--", "-n"]);
    expect(stdout).toBe("-v --timeout 1 -- -n\n");
  });

  test("at --, so that a program may be called like an option", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt(["exec", "--", "--version"]);
    expect(status).toBe(127);
    expect(stderr).toContain('"--version"');
  });
});

describe("a stop signal to xrt exec", () => {
  test.for(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s cancels the command and all that it started, then ends xrt by itself",
    async (name, { sandbox }) => {
      const script = "trap 'echo stopped; exit 0' TERM; sleep 600 & echo begun; wait";
      const { process: xrt, ended, shown } = sandbox.start(["exec", "sh", "-c", script]);
      await until(() => shown.stdout === "begun\n", "the command has begun");
      xrt.kill(name);
      const { status, signal, stdout } = await ended;
      expect({ status, signal, stdout }).toEqual({ status: null, signal: name, stdout: "begun\nstopped\n" });
    },
  );

  test("kills at once when it comes a second time", async ({ sandbox }) => {
    const script = "trap 'echo asked' TERM; echo begun; while :; do sleep 0.05; done";
    const { process: xrt, ended, shown } = sandbox.start(["exec", "-k", "1h", "sh", "-c", script]);
    await until(() => shown.stdout === "begun\n", "the command has begun");
    xrt.kill("SIGTERM");
    await until(() => shown.stdout === "begun\nasked\n", "the command has been asked to stop");
    xrt.kill("SIGTERM");
    expect(await ended).toMatchObject({ status: null, signal: "SIGTERM" });
  });
});
