import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settings } from "./settings.ts";
import { startSupervisor } from "./supervisor.ts";
import { openScratch, shapes, until } from "./trees.ts";

/** As a container's first process is started: process 1 of a namespace of its own. */
const asProcessOne = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

function problem(): string | undefined {
  const { error, status, stderr } = spawnSync("unshare", [...asProcessOne.slice(1), "true"], {
    encoding: "utf8",
  });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim();
}

/** What we call the process that `unshare` waits for. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim());
}

const missing = problem();
if (missing === undefined) {
  const own = settings.filter(({ user }) => user.ids.uid === undefined);

  test.each(
    own.flatMap((setting) =>
      (["SIGTERM", "SIGINT"] as const).map((signal) => ({ setting, signal, name: setting.name })),
    ),
  )("as process 1 a supervisor ends its runs and itself at $signal: $name", async ({ setting, signal }) => {
    using scratch = openScratch();
    await using supervisor = await startSupervisor(setting, { through: asProcessOne });
    // The end of process 1 ends all of its namespace: so that each run is seen to end before, it has to be told.
    const runs = shapes.map(({ shape }) => {
      const tree = scratch.tree(shape);
      return { tree, run: supervisor.start({ command: tree.command, working_directory: tree.folder }) };
    });
    await Promise.all(runs.map(({ tree }) => tree.ready()));
    process.kill(childOf(supervisor.pid), signal);
    for (const { run } of runs) expect((await run.result).status).toBe("cancelled");
    for (const { tree } of runs) await tree.gone();
    const { process: itself } = supervisor;
    await until("process 1 is gone", () => itself.exitCode !== null || itself.signalCode !== null);
  });

  test.each(own)(
    "as process 1 a supervisor that lives on has killed what its runs left: $name",
    async (setting) => {
      using scratch = openScratch();
      await using supervisor = await startSupervisor(setting, { through: asProcessOne });
      for (const { shape } of shapes.filter(({ leaves }) => leaves)) {
        using tree = scratch.tree(shape, { leader: "exit" });
        const run = supervisor.start({ command: tree.command, working_directory: tree.folder });
        expect((await run.result).status).toBe("succeeded");
        await tree.gone();
      }
    },
  );
} else {
  console.log(`process 1 is not tested here: ${missing}`);
}
