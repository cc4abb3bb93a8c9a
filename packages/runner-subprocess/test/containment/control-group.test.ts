import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openWorkbench } from "../workbench.ts";
import { startSupervisor } from "./supervisor.ts";
import { nobody, users } from "./settings.ts";
import { openScratch } from "./trees.ts";

/** The folder of our own control group, where this process may make others; undefined where it may not. */
function delegated(): string | undefined {
  const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "latin1"))?.[1];
  const mount = /^\S+ (\S+) cgroup2 /m.exec(readFileSync("/proc/self/mounts", "latin1"))?.[1];
  if (own === undefined || mount === undefined) return undefined;
  const folder = path.join(mount, own);
  try {
    accessSync(path.join(folder, "cgroup.procs"), constants.W_OK);
    return folder;
  } catch {
    // Nobody has delegated one to us.
    return undefined;
  }
}

const ours = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith("xrt-"));

test("in a control group of its own a run leaves nothing, and the group is removed", async ({ skip }) => {
  const folder = delegated() ?? "";
  skip(folder === "", "no control group of version 2 is delegated to this process");
  await using bench = await openWorkbench({ containment: "cgroup" });
  using scratch = openScratch();
  for (const shape of ["own-group", "empty-environment"] as const) {
    using tree = scratch.tree(shape, { leader: "exit" });
    const { result } = await bench.run(tree.command);
    expect(result).toMatchObject({ status: "succeeded", metadata: { "xrt.containment": "cgroup" } });
    expect(Number(result.metadata["subprocess.leftovers_killed"])).toBeGreaterThan(0);
    await tree.gone();
  }
  const { stdout } = await bench.run(["cat", "/proc/self/cgroup"]);
  expect(stdout).toMatch(/^0::.*\/xrt-\d+$/m);
  expect(ours(folder)).toEqual([]);
});

test("where no control group can be made a run that must have one is rejected", async ({ skip }) => {
  const user = users.at(-1) ?? nobody;
  if (user.ids.uid === undefined && delegated() !== undefined)
    skip("every user that can be had may make control groups");
  await using supervisor = await startSupervisor({ mode: "cgroup", user, name: user.name });
  using scratch = openScratch();
  using tree = scratch.tree("setsid");
  const result = await supervisor.start({ command: tree.command, working_directory: tree.folder }).result;
  expect(result).toMatchObject({
    status: "rejected",
    metadata: { "xrt.error_code": "subprocess.no_control_group" },
  });
  expect(result.error_summary).toContain("delegated");
});
