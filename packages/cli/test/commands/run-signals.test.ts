import { describe, expect } from "vitest";
import { invocation, test, until } from "../sandbox.ts";

const waiting = { command: ["sh", "-c", "echo begun; sleep 600 & wait"] };

describe("xrt run", () => {
  test.for(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "cancels its run on %s, and still prints its result, with status 130",
    async (signal, { sandbox }) => {
      const {
        process: xrt,
        ended,
        shown,
      } = sandbox.start(["run", "--events", "events", "-"], {
        input: invocation(waiting),
      });
      await until(() => reached(() => sandbox.read("events").includes('"output"')), "the program has begun");
      xrt.kill(signal);
      const { status, stdout, stderr } = await ended;
      expect({ status, stderr }).toEqual({ status: 130, stderr: "" });
      expect(JSON.parse(stdout)).toMatchObject({
        status: "cancelled",
        error_summary: expect.stringContaining(signal),
      });
      expect(shown.stdout).toBe(stdout);
    },
  );

  test("kills at once on a second signal", async ({ sandbox }) => {
    const stubborn = invocation({
      command: ["sh", "-c", "trap '' TERM; echo begun; while :; do sleep 0.05; done"],
    });
    const { process: xrt, ended } = sandbox.start(["run", "--events", "events", "-"], { input: stubborn });
    await until(() => reached(() => sandbox.read("events").includes('"output"')), "the program has begun");
    xrt.kill("SIGTERM");
    await until(() => sandbox.read("events").includes('"stopping"'), "the run is being stopped");
    xrt.kill("SIGTERM");
    const { status, stdout } = await ended;
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ status: "cancelled", exit_code: 137 });
  });

  test("dies by SIGPIPE where nobody takes the result, without a stack trace", async ({ sandbox }) => {
    sandbox.write("in.json", invocation({ command: ["sleep", "0.5"] }));
    const { stdout, stderr } = await sandbox.bash('xrt run in.json | true; echo "${PIPESTATUS[0]}"');
    expect({ stdout, stderr }).toEqual({ stdout: "141\n", stderr: "" });
    expect(JSON.parse(sandbox.read(".xrt/test-1/result.json"))).toMatchObject({ status: "succeeded" });
  });

  test.runIf(process.platform === "linux")("says that stdout is full", async ({ sandbox }) => {
    sandbox.write("in.json", invocation());
    const { status, stderr } = await sandbox.bash("xrt run in.json > /dev/full");
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "xrt run: cannot write to standard output: no space left on device\n",
    });
  });
});

/** A file that is not there yet says no. */
function reached(condition: () => boolean): boolean {
  try {
    return condition();
  } catch {
    return false;
  }
}
