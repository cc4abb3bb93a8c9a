import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { RunEvent } from "@xrt/contracts";
import { parseResult, type RuntimeResult } from "@xrt/contracts/v0.1";
import { expect, test } from "vitest";
import { startFixture, type Fixture } from "./fixture.ts";
import { livingInGroup } from "./living-processes.ts";
import { openWorkbench, until } from "./workbench.ts";

async function eventOf<T extends RunEvent["type"]>(
  fixture: Fixture,
  type: T,
): Promise<Extract<RunEvent, { type: T }>> {
  const find = () => (fixture.messages as readonly RunEvent[]).find((event) => event.type === type);
  await until(`the event ${type}`, () => find() !== undefined || fixture.process.exitCode !== null);
  return find() as Extract<RunEvent, { type: T }>;
}

async function waitForOutput(run: string, text: string): Promise<void> {
  await until(`the output says ${text}`, async () =>
    (await readFile(path.join(run, "stdout.txt"), "utf8")).includes(text),
  );
}

async function readResult(directory: string): Promise<RuntimeResult> {
  const run = (await readdir(path.join(directory, ".xrt"))).find((name) => !name.startsWith(".")) ?? "";
  return parseResult(JSON.parse(await readFile(path.join(directory, ".xrt", run, "result.json"), "utf8")));
}

test.for(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const)(
  "%s to the supervisor stops the whole tree, writes the result, and ends the supervisor by that signal",
  async (signal) => {
    await using bench = await openWorkbench();
    const command = ["sh", "-c", "sleep 300 & sleep 300 & echo ready; wait"];
    const fixture = startFixture("supervise.ts", { directory: bench.directory, command });
    const { run_directory } = await eventOf(fixture, "accepted");
    const { pgid = 0 } = await eventOf(fixture, "started");
    await waitForOutput(run_directory, "ready");
    fixture.process.kill(signal);
    expect(await fixture.ended).toMatchObject({ signal, stderr: "" });
    expect(livingInGroup(pgid)).toEqual([]);
    const result = await readResult(bench.directory);
    expect(result).toMatchObject({
      status: "cancelled",
      metadata: { "xrt.error_code": "supervisor_stopped" },
    });
    expect(result.error_summary).toContain(signal);
  },
);

test.for(["exit", "exception", "rejection"] as const)(
  "a supervisor that ends by itself (%s) kills the tree on its way out",
  async (ending) => {
    await using bench = await openWorkbench();
    const command = ["sh", "-c", "sleep 300 & sleep 300 & echo ready; wait"];
    const fixture = startFixture("supervise.ts", { directory: bench.directory, command, ending });
    const { run_directory } = await eventOf(fixture, "accepted");
    const { pgid = 0 } = await eventOf(fixture, "started");
    await waitForOutput(run_directory, "ready");
    fixture.process.send("end");
    expect(await fixture.ended).toMatchObject({ status: ending === "exit" ? 7 : 1 });
    await until("the tree is gone", () => livingInGroup(pgid).length === 0);
  },
);

test("a second signal kills the tree at once and ends the supervisor, however long the grace", async () => {
  await using bench = await openWorkbench();
  const command = [
    "sh",
    "-c",
    'trap "" TERM; (sleep 300 & sleep 300) & echo ready; while :; do sleep 0.02; done',
  ];
  const fixture = startFixture("supervise.ts", {
    directory: bench.directory,
    command,
    options: { graceMs: 1_000_000 },
  });
  const { run_directory } = await eventOf(fixture, "accepted");
  const { pgid = 0 } = await eventOf(fixture, "started");
  await waitForOutput(run_directory, "ready");
  fixture.process.kill("SIGTERM");
  await eventOf(fixture, "stopping");
  expect(livingInGroup(pgid)).not.toEqual([]);
  fixture.process.kill("SIGTERM");
  expect(await fixture.ended).toMatchObject({ signal: "SIGTERM" });
  // Killed before the supervisor went; the kernel takes a moment to carry it out.
  await until("the group is gone", () => livingInGroup(pgid).length === 0);
});
