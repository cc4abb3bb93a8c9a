import { afterAll, beforeAll, expect, test } from "vitest";
import { startBystanders } from "./bystanders.ts";
import { settings, supervisorEndings, type SupervisorEnding } from "./settings.ts";
import { startSupervisor, type Supervisor } from "./supervisor.ts";
import { openScratch, shapes, type Scratch } from "./trees.ts";

let scratch: Scratch;

beforeAll(() => {
  scratch = openScratch();
});
afterAll(() => {
  scratch[Symbol.dispose]();
});

function end(supervisor: Supervisor, how: SupervisorEnding): void {
  if (how === "process.exit()") supervisor.tell({ type: "end", how: "exit" });
  else if (how === "an uncaught exception") supervisor.tell({ type: "end", how: "exception" });
  else supervisor.process.kill(how);
}

function startAll(supervisor: Supervisor) {
  return shapes.map(({ shape }) => {
    const tree = scratch.tree(shape);
    void supervisor.start({ command: tree.command, working_directory: tree.folder });
    return tree;
  });
}

test.each(supervisorEndings)(
  "a supervisor that is gone leaves no tree of any shape behind, and those of another supervisor alone: $name",
  async ({ setting, ending }) => {
    await using other = await startSupervisor(setting);
    await using supervisor = await startSupervisor(setting);
    const bystanders = await startBystanders(other, scratch, setting);
    const trees = startAll(supervisor);
    try {
      await Promise.all(trees.map((tree) => tree.ready()));
      end(supervisor, ending);
      const { status, signal } = await supervisor.ended;
      if (ending.startsWith("SIG")) expect(signal).toBe(ending);
      else expect(status).toBe(ending === "process.exit()" ? 7 : 1);
      await Promise.all(trees.map((tree) => tree.gone()));
      bystanders.areWell();
      await bystanders.endWell();
    } finally {
      for (const tree of trees) tree[Symbol.dispose]();
    }
  },
);

test.each(settings)(
  "a closed runtime leaves nothing running, nor its process with a reason to stay: $name",
  async (setting) => {
    await using supervisor = await startSupervisor(setting);
    const trees = startAll(supervisor);
    try {
      await Promise.all(trees.map((tree) => tree.ready()));
      supervisor.tell({ type: "close" });
      expect(await supervisor.ended).toMatchObject({ status: 0, signal: null, stderr: "" });
      await Promise.all(trees.map((tree) => tree.gone()));
    } finally {
      for (const tree of trees) tree[Symbol.dispose]();
    }
  },
);
