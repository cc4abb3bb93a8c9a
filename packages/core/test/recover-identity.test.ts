import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Supervisor } from "@xrt/contracts";
import { ExecutorRuntime, openRun } from "@xrt/core";
import { expect, test } from "vitest";
import { recoverAll } from "./left-behind.ts";
import { openWorkbench, untilStopped, type Workbench } from "./workbench.ts";

/** The record of a run that lives, in a directory of its own, with another supervisor. */
async function recordOf(bench: Workbench, change: (supervisor: Supervisor) => unknown): Promise<string> {
  const run = bench.start(untilStopped, { artifact_directory: path.join(bench.directory, "live") });
  const [invocation, accepted = ""] = (
    await readFile(path.join(run.directory ?? "", "events.ndjson"), "utf8")
  ).split("\n");
  await run.cancel();
  const event = JSON.parse(accepted) as { supervisor: Supervisor };
  const supervisor = change(event.supervisor);
  const other = bench.start(untilStopped, { artifact_directory: path.join(bench.directory, "runs") });
  await other.cancel();
  const directory = other.directory ?? "";
  await rm(path.join(directory, "result.json"));
  await writeFile(
    path.join(directory, "events.ndjson"),
    `${invocation}\n${JSON.stringify({ ...event, supervisor })}\n`,
  );
  return directory;
}

const elsewhere = { boot_id: "of another boot" };

test.for<[string, (supervisor: Supervisor) => unknown]>([
  ["of another start", (supervisor) => ({ ...supervisor, process_start: "1" })],
  ["of an earlier boot of this machine", (supervisor) => ({ ...supervisor, ...elsewhere })],
  [
    "of an earlier boot, in a record that does not name its machine",
    ({ host_name: _name, ...supervisor }) => ({ ...supervisor, ...elsewhere }),
  ],
  ["whose number nobody has", (supervisor) => ({ ...supervisor, pid: 2 ** 22 + 1 })],
  ["that is null", () => null],
  ["that is no identity", () => ({ pid: "x" })],
  ["whose number is a process group's", (supervisor) => ({ ...supervisor, pid: -1 })],
])("a supervisor %s is gone", async ([, change]) => {
  await using bench = await openWorkbench();
  const directory = await recordOf(bench, change);
  expect((await openRun(directory)).status).toBe("failed");
  await using runtime = new ExecutorRuntime();
  const { runs, left } = await recoverAll(runtime, directory);
  expect(left).toEqual([]);
  expect(await runs[0]?.result).toMatchObject({
    status: "failed",
    metadata: { "xrt.error_code": "supervisor_died" },
  });
});

test("of a supervisor on another machine nothing can be told: its run is left, and a sentence says where to recover it", async () => {
  await using bench = await openWorkbench();
  const directory = await recordOf(bench, (supervisor) => ({
    ...supervisor,
    ...elsewhere,
    host_name: "other.example",
  }));
  const { runs, left } = await recoverAll(bench.runtime, directory);
  expect(runs).toEqual([]);
  expect(left).toEqual([
    {
      directory,
      reason: "uncertain",
      message: `${directory} is left as it is: its supervisor (pid ${process.pid} on the host "other.example") may be alive there; recover it on that host`,
    },
  ]);
  expect((await openRun(directory)).status).toBe("running");
});
