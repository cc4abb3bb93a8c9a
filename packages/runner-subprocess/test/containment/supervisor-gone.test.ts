import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBystanders, type Bystanders } from "./bystanders.ts";
import { endings, settings, type SupervisorEnding } from "./settings.ts";
import { startSupervisor, type Supervisor } from "./supervisor.ts";
import { openScratch, shapes, type Scratch, type Tree } from "./trees.ts";

function end(supervisor: Supervisor, how: SupervisorEnding): void {
  if (how === "process.exit()") supervisor.tell({ type: "end", how: "exit" });
  else if (how === "an uncaught exception") supervisor.tell({ type: "end", how: "exception" });
  else supervisor.process.kill(how);
}

describe.each(settings)("$name", (setting) => {
  let scratch: Scratch;
  let other: Supervisor;
  let bystanders: Bystanders;

  beforeAll(async () => {
    scratch = openScratch();
    other = await startSupervisor(setting);
    bystanders = await startBystanders(other, scratch, setting);
  });
  afterAll(async () => {
    await other[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  /** A tree of every shape, all of them standing, under a supervisor that then goes. */
  async function leaveBehind(go: (supervisor: Supervisor) => Promise<void>): Promise<void> {
    await using supervisor = await startSupervisor(setting);
    const trees: Tree[] = shapes.map(({ shape }) => scratch.tree(shape));
    for (const { command, folder } of trees) void supervisor.start({ command, working_directory: folder });
    try {
      await Promise.all(trees.map((tree) => tree.ready()));
      await go(supervisor);
      await Promise.all(trees.map((tree) => tree.gone()));
      bystanders.areWell();
    } finally {
      for (const tree of trees) tree[Symbol.dispose]();
    }
  }

  test.each(endings)(
    "%s: the supervisor leaves no tree of any shape behind, and those of another supervisor alone",
    async (ending) => {
      await leaveBehind(async (supervisor) => {
        end(supervisor, ending);
        const { status, signal } = await supervisor.ended;
        if (ending.startsWith("SIG")) expect(signal).toBe(ending);
        else expect(status).toBe(ending === "process.exit()" ? 7 : 1);
      });
    },
  );

  test("a closed runtime leaves nothing running, nor its process with a reason to stay", async () => {
    await leaveBehind(async (supervisor) => {
      supervisor.tell({ type: "close" });
      expect(await supervisor.ended).toMatchObject({ status: 0, signal: null, stderr: "" });
    });
  });

  // The last: it ends them.
  test("those who stood by end well, with all of their output", async () => {
    await bystanders.endWell();
  });
});
