import { expect, test } from "vitest";
import { settings } from "./settings.ts";
import { startSupervisor } from "./supervisor.ts";
import { openScratch } from "./trees.ts";

const fewFiles = ["sh", "-c", 'ulimit -n 200; exec "$0" "$@"'];

test.each(settings)(
  "a supervisor that has no descriptor left at a run's end leaves nothing of it behind, and its next run works: $name",
  async (setting) => {
    using scratch = openScratch();
    await using supervisor = await startSupervisor(setting, { through: fewFiles });
    for (const shape of ["own-group", "setsid", "empty-environment"] as const) {
      using tree = scratch.tree(shape);
      const run = supervisor.start({ command: tree.command, working_directory: tree.folder });
      await tree.ready();
      supervisor.tell({ type: "exhaust" });
      run.stop("deadline");
      // Its records may be lost to the same want, which the result then says; its status is not.
      expect((await run.result).status).toBe("timed_out");
      supervisor.tell({ type: "relieve" });
      await tree.gone();
    }
    using next = scratch.tree("double-fork", { leader: "exit" });
    const { result } = supervisor.start({ command: next.command, working_directory: next.folder });
    expect((await result).status).toBe("succeeded");
    await next.gone();
  },
);
