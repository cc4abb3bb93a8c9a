import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { listRuns } from "@xrt/core";
import { expect, test } from "vitest";
import { leaveBehind } from "./left-behind.ts";
import { openBelow } from "./open-descriptors.ts";
import { collect, openWorkbench, succeed, untilStopped } from "./workbench.ts";

test("every run of a folder is listed in the order of names: over, live and left behind", async () => {
  await using bench = await openWorkbench();
  const directory = path.join(bench.directory, ".xrt");
  await bench.run(succeed, { invocation_id: "c" });
  const live = bench.start(untilStopped, { invocation_id: "a" });
  await leaveBehind(directory, ["b"]);
  await mkdir(path.join(directory, "0-no-run"));
  await mkdir(path.join(directory, "d"));
  await writeFile(path.join(directory, "d", "events.ndjson"), "hostile\n");
  await symlink(path.join(directory, "c"), path.join(directory, "link"));
  const runs = await collect(listRuns(directory));
  expect(runs.map(({ id, status }) => [id, status])).toEqual([
    ["a", "running"],
    ["b", "failed"],
    ["c", "succeeded"],
  ]);
  expect(openBelow(directory).filter((name) => !name.startsWith(path.join(directory, "a")))).toEqual([]);
  await live.cancel();
  expect((await collect(listRuns(path.join(directory, "c")))).map(({ id }) => id)).toEqual(["c"]);
});

test("a folder that is empty lists nothing, and one that is not there is an error", async () => {
  await using bench = await openWorkbench();
  expect(await collect(listRuns(bench.directory))).toEqual([]);
  const missing = path.join(bench.directory, "missing");
  await expect(collect(listRuns(missing))).rejects.toThrow(`the runs in ${missing} cannot be listed: ENOENT`);
});

test("a record that was only begun holds the list up no longer than any other", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(succeed, { invocation_id: "a" });
  const folder = path.dirname(result.metadata["xrt.run_directory"] ?? "");
  await rm(path.join(folder, "a"), { recursive: true });
  const invocation = JSON.stringify(bench.invocation({ invocation_id: "begun" }));
  for (let index = 0; index < 200; index += 1) {
    const run = path.join(folder, `run-${index}`);
    await mkdir(run);
    await writeFile(path.join(run, "events.ndjson"), `${invocation}\n`);
  }
  // With a wait of two seconds for each, the test would run into its limit.
  expect(await collect(listRuns(folder))).toHaveLength(200);
});
