import { expect, test } from "vitest";
import { settings } from "./settings.ts";
import { startSupervisor } from "./supervisor.ts";
import { openScratch, shapes } from "./trees.ts";

test.each(settings)("runs of a worker thread end as those of the main thread: $name", async (setting) => {
  using scratch = openScratch();
  await using supervisor = await startSupervisor(setting, { inWorker: true });
  for (const { shape, leaves } of shapes) {
    using tree = scratch.tree(shape, { leader: leaves ? "exit" : "stay" });
    const run = supervisor.start({ command: tree.command, working_directory: tree.folder });
    if (!leaves) {
      await tree.ready();
      run.stop("deadline");
    }
    expect((await run.result).status).toBe(leaves ? "succeeded" : "timed_out");
    await tree.gone();
  }
});

test.each(settings)(
  "a worker thread that is terminated leaves no tree of any shape behind, while its process lives on: $name",
  async (setting) => {
    using scratch = openScratch();
    await using supervisor = await startSupervisor(setting, { inWorker: true });
    const trees = shapes.map(({ shape }) => scratch.tree(shape));
    for (const tree of trees)
      void supervisor.start({ command: tree.command, working_directory: tree.folder });
    await Promise.all(trees.map((tree) => tree.ready()));
    supervisor.tell({ type: "terminate" });
    await supervisor.hear("closed");
    expect(supervisor.process.exitCode).toBeNull();
    try {
      await Promise.all(trees.map((tree) => tree.gone()));
      expect(supervisor.process.exitCode).toBeNull();
    } finally {
      for (const tree of trees) tree[Symbol.dispose]();
      supervisor.process.disconnect();
    }
  },
);
