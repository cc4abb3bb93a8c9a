import { describe, expect } from "vitest";
import { test, until } from "../sandbox.ts";

/** Seconds in which a shell has set its traps and told so, on a slow machine too. */
const longEnough = "2";

describe("xrt exec --timeout", () => {
  test.for(["1", "0.3", "300ms", "1s", ".3s"])(
    "%s ends the command, with 124",
    async (timeout, { sandbox }) => {
      const { status, stderr } = await sandbox.xrt(["exec", "--timeout", timeout, "sleep", "600"]);
      expect(status).toBe(124);
      expect(stderr).toMatch(/^xrt exec: process exceeded timeout of [\d.]+ seconds.*\n/);
    },
  );

  test("ends what the command started too", async ({ sandbox }) => {
    const { status, stdout } = await sandbox.xrt([
      "exec",
      "-q",
      "--timeout",
      longEnough,
      "sh",
      "-c",
      "sleep 600 & echo begun; wait",
    ]);
    expect({ status, stdout }).toEqual({ status: 124, stdout: "begun\n" });
  });

  test("changes nothing for a command that ends in time", async ({ sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(["exec", "--timeout", "1h", "echo", "hi"]);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "hi\n", stderr: "" });
  });

  test.for(["0", "30d"])("%s does not end it", async (timeout, { sandbox }) => {
    const { shown, ended } = sandbox.start([
      "exec",
      "--timeout",
      timeout,
      "sh",
      "-c",
      "echo begun; until [ -e go ]; do sleep 0.05; done",
    ]);
    await until(() => shown.stdout === "begun\n", "it has begun");
    sandbox.write("go", "");
    expect((await ended).status).toBe(0);
  });

  test("asks with SIGTERM first, and the command may end in its own way", async ({ sandbox }) => {
    const script = "trap 'echo tidied; exit 7' TERM; echo begun; while :; do sleep 0.05; done";
    const { status, stdout } = await sandbox.xrt(["exec", "-q", "--timeout", longEnough, "sh", "-c", script]);
    expect({ status, stdout }).toEqual({ status: 124, stdout: "begun\ntidied\n" });
  });

  test("asks with the signal of -s", async ({ sandbox }) => {
    const script =
      "trap 'echo got INT; exit 7' INT; trap 'echo got TERM' TERM; echo begun; while :; do sleep 0.05; done";
    const { status, stdout } = await sandbox.xrt([
      "exec",
      "-q",
      "--timeout",
      longEnough,
      "-s",
      "int",
      "sh",
      "-c",
      script,
    ]);
    expect({ status, stdout }).toEqual({ status: 124, stdout: "begun\ngot INT\n" });
  });

  test("kills so long after it as -k says, where the command does not care", async ({ sandbox }) => {
    const script = "trap 'echo asked' TERM; echo begun; while :; do sleep 0.05; done";
    const args = ["exec", "--timeout", longEnough, "-k", "1.5", "--result", "r.json", "sh", "-c", script];
    const { status, stdout } = await sandbox.xrt(args);
    expect({ status, stdout }).toEqual({ status: 124, stdout: "begun\nasked\n" });
    expect(JSON.parse(sandbox.read("r.json"))).toMatchObject({ status: "timed_out", exit_code: 137 });
  });

  test("stands in the invocation where it is whole seconds", async ({ sandbox }) => {
    await sandbox.xrt(["exec", "--timeout", "2m", "--dir", "runs", "--id", "one", "true"]);
    expect(sandbox.read("runs/one/events.ndjson")).toContain('"timeout_seconds":120');
  });
});
