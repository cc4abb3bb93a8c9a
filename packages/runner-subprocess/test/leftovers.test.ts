import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { fixturePath } from "./fixture.ts";
import { isLiving, livingInGroup } from "./living-processes.ts";
import { openWorkbench, until } from "./workbench.ts";

test("what the leader leaves in its group is killed, gone and counted", async () => {
  await using bench = await openWorkbench();
  const script = "sleep 300 & sleep 300 & (trap '' HUP TERM INT; sleep 300; exit 1) & exit 5";
  const { result, pgid = 0 } = await bench.shell(script);
  expect(result).toMatchObject({ status: "failed", exit_code: 5 });
  expect(livingInGroup(pgid)).toEqual([]);
  // The subshell may not have started its own sleep yet.
  expect(["3", "4"]).toContain(result.metadata["subprocess.leftovers_killed"]);
});

test("a stopped process that was left is killed too", async () => {
  await using bench = await openWorkbench();
  const { result, pgid = 0 } = await bench.shell("sh -c 'kill -s STOP $$' & exit 0");
  expect(result.status).toBe("succeeded");
  expect(livingInGroup(pgid)).toEqual([]);
});

test("a run that leaves nothing says nothing of leftovers", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.shell("sleep 0.01 & wait");
  expect(Object.keys(result.metadata).filter((key) => key.startsWith("subprocess."))).toEqual([]);
});

test("where the host leaves leftovers they live on, counted, and hold up neither the run nor its output", async () => {
  await using bench = await openWorkbench({ leftovers: "leave" });
  const { result, stdout } = await bench.shell("sleep 300 & echo $!");
  const pid = Number(stdout);
  try {
    expect(result).toMatchObject({ status: "succeeded", metadata: { "subprocess.leftovers_left": "1" } });
    expect(isLiving(pid)).toBe(true);
  } finally {
    process.kill(pid, "SIGKILL");
    await until("the leftover is gone", () => !isLiving(pid));
  }
});

test("metadata has them killed where the host would leave them", async () => {
  await using bench = await openWorkbench({ leftovers: "leave" });
  const { result, stdout } = await bench.shell("sleep 300 & echo $!", {
    metadata: { "subprocess.leftovers": "kill" },
  });
  expect(result.metadata["subprocess.leftovers_killed"]).toBe("1");
  expect(isLiving(Number(stdout))).toBe(false);
});

test("a grandchild that has left the group and holds the output is killed too, and delays nobody", async () => {
  await using bench = await openWorkbench();
  // A session of its own, hence a group of its own.
  const script =
    "setsid sh -c 'echo $$ > pid; exec sleep 300' & while ! [ -s pid ]; do sleep 0.01; done; cat pid";
  const { result, stdout } = await bench.shell(script);
  expect(result.status).toBe("succeeded");
  expect(result.metadata["subprocess.leftovers_killed"]).toBe("1");
  expect(isLiving(Number(stdout))).toBe(false);
});

test("a dead process that nobody waits for is no leftover, and is not waited for", async ({ skip }) => {
  if (!hasCompiler()) skip("there is no C compiler (cc)");
  await using bench = await openWorkbench({ leftovers: "leave" });
  execFileSync("cc", ["-o", path.join(bench.directory, "zombie"), fixturePath("zombie.c")]);
  // Left alive is its parent, which is of the run too, and alone is counted.
  const {
    result,
    stdout,
    pgid = 0,
  } = await bench.run(["./zombie"], {
    metadata: { "subprocess.leftovers": "leave" },
  });
  const parent = Number(stdout);
  try {
    expect(result.status).toBe("succeeded");
    expect(result.metadata["subprocess.leftovers_left"]).toBe("1");
    expect(livingInGroup(pgid)).toEqual([]);
    expect(isLiving(parent)).toBe(true);
  } finally {
    process.kill(parent, "SIGKILL");
    await until("its parent is gone", () => !isLiving(parent));
  }
});

function hasCompiler(): boolean {
  return spawnSync("cc", ["--version"], { stdio: "ignore" }).error === undefined;
}
