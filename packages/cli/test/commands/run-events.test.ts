import { describe, expect } from "vitest";
import { invocation, test, until } from "../sandbox.ts";

function eventsIn(ndjson: string): { type: string; [key: string]: unknown }[] {
  expect(ndjson.endsWith("\n")).toBe(true);
  return ndjson
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("xrt run --events", () => {
  test("writes every event to a file, line by line, and the result to stdout as ever", async ({
    sandbox,
  }) => {
    sandbox.write("events", "what was there before\n");
    const input = invocation({ command: ["echo", "hi"] });
    const { status, stdout } = await sandbox.xrt(["run", "--events", "events", "-"], { input });
    expect(status).toBe(0);
    const events = eventsIn(sandbox.read("events"));
    const types = events.map(({ type }) => type);
    expect(types[0]).toBe("accepted");
    expect(types).toContain("started");
    expect(types).toContain("output");
    expect(types.at(-1)).toBe("finished");
    expect(events.at(-1)?.["result"]).toEqual(JSON.parse(stdout));
  });

  test("writes them to stdout for -, instead of the result", async ({ sandbox }) => {
    const input = invocation({ command: ["false"] });
    const { status, stdout } = await sandbox.xrt(["run", "--events", "-", "-"], { input });
    expect(status).toBe(1);
    const events = eventsIn(stdout);
    expect(events.every((event) => event["event_version"] === 1)).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: "finished", result: { status: "failed" } });
  });

  test("writes them as they happen", async ({ sandbox }) => {
    const waiting = invocation({ command: ["sh", "-c", "echo begun; until [ -e go ]; do sleep 0.05; done"] });
    const { shown, ended } = sandbox.start(["run", "--events", "-", "-"], { input: waiting });
    await until(() => shown.stdout.includes('"type":"output"'), "the event of the first output is there");
    expect(shown.stdout).not.toContain('"finished"');
    sandbox.write("go", "");
    expect((await ended).status).toBe(0);
  });

  test("refuses a file that cannot be written before anything is started", async ({ sandbox }) => {
    const input = invocation({ command: ["touch", "started"] });
    const ended = await sandbox.xrt(["run", "--events", "no/such/folder", "-"], { input });
    expect(ended).toMatchObject({
      status: 2,
      stdout: "",
      stderr: "xrt run: cannot write events to no/such/folder: no such file or directory\n",
    });
    expect(() => sandbox.read("started")).toThrow("ENOENT");
  });

  test.runIf(process.platform === "linux")(
    "says that a file is full, and still gives the result",
    async ({ sandbox }) => {
      const ended = await sandbox.xrt(["run", "--events", "/dev/full", "-"], { input: invocation() });
      expect(JSON.parse(ended.stdout)).toMatchObject({ status: "succeeded" });
      expect(ended.stderr).toBe("xrt run: cannot write events to /dev/full: no space left on device\n");
    },
  );

  test("cancels the run and dies by SIGPIPE when nobody reads them any more", async ({ sandbox }) => {
    const chatty = invocation({ command: ["sh", "-c", "while :; do echo x; sleep 0.05; done"] });
    sandbox.write("in.json", chatty);
    const { stdout, stderr } = await sandbox.bash(
      'xrt run --events - in.json | head -1; echo "${PIPESTATUS[0]}"',
    );
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("141");
    expect(stderr).toBe("");
    expect(JSON.parse(sandbox.read(".xrt/test-1/result.json"))).toMatchObject({ status: "cancelled" });
  });
});
