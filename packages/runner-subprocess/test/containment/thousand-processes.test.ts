import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settings } from "./settings.ts";
import { startSupervisor, type Supervisor } from "./supervisor.ts";
import { openScratch, shapes, type Scratch } from "./trees.ts";

/** Those that fork a thousand times a second are fewer: they are to be beaten, not the machine. */
const counts: Readonly<Record<string, number>> = { hopper: 10 };

describe.each(settings.filter(({ user }) => user.ids.uid === undefined))("$name", (setting) => {
  let scratch: Scratch;
  let supervisor: Supervisor;

  beforeAll(async () => {
    scratch = openScratch();
    supervisor = await startSupervisor(setting);
  });
  afterAll(async () => {
    await supervisor[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  test.each(shapes.filter(({ leaves, shape }) => leaves || shape === "stopped-group"))(
    "a deadline ends a tree of 1,000 processes: $shape",
    async ({ shape }) => {
      using tree = scratch.tree(shape, { count: counts[shape] ?? 999 });
      const run = supervisor.start({ command: tree.command, working_directory: tree.folder });
      await tree.ready();
      run.stop("deadline");
      expect((await run.result).status).toBe("timed_out");
      await tree.gone();
    },
  );
});
