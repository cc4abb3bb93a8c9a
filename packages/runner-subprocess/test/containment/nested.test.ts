import { expect, test } from "vitest";
import { startBystanders } from "./bystanders.ts";
import { settings } from "./settings.ts";
import { startSupervisor } from "./supervisor.ts";
import { fixture } from "./supervisor.ts";
import { openScratch, shapes } from "./trees.ts";

test.each(settings)(
  "a run that is itself a supervisor takes the trees of its own runs with it: $name",
  async (setting) => {
    using scratch = openScratch();
    await using supervisor = await startSupervisor(setting);
    const bystanders = await startBystanders(supervisor, scratch, setting);
    for (const end of ["deadline", "cancel"] as const) {
      const trees = shapes.map(({ shape }) => scratch.tree(shape));
      try {
        const inner = supervisor.start({
          command: [
            process.execPath,
            fixture("run-at-once.ts"),
            JSON.stringify(trees.map(({ command }) => command)),
          ],
          working_directory: scratch.directory,
        });
        await Promise.all(trees.map((tree) => tree.ready()));
        inner.stop(end);
        expect((await inner.result).status).toBe(end === "deadline" ? "timed_out" : "cancelled");
        await Promise.all(trees.map((tree) => tree.gone()));
      } finally {
        for (const tree of trees) tree[Symbol.dispose]();
      }
      bystanders.areWell();
    }
    await bystanders.endWell();
  },
);
