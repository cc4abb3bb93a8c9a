import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBystanders, type Bystanders } from "./bystanders.ts";
import { settings } from "./settings.ts";
import { startSupervisor, type Supervisor } from "./supervisor.ts";
import { openScratch, shapes, type Scratch, type Shape } from "./trees.ts";

type End = "exit" | "deadline" | "cancel";

const statuses = { exit: "succeeded", deadline: "timed_out", cancel: "cancelled" } as const;

describe.each(settings)("$name", (setting) => {
  let scratch: Scratch;
  let supervisor: Supervisor;
  let bystanders: Bystanders;

  beforeAll(async () => {
    scratch = openScratch();
    supervisor = await startSupervisor(setting);
    bystanders = await startBystanders(supervisor, scratch, setting);
  });
  afterAll(async () => {
    await supervisor[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  /** Runs a tree to its end: by its leader, by the deadline or by a cancel. */
  async function endTree(shape: Shape, end: End): Promise<void> {
    using tree = scratch.tree(shape, { leader: end === "exit" ? "exit" : "stay" });
    const run = supervisor.start({ command: tree.command, working_directory: tree.folder });
    if (end !== "exit") {
      await tree.ready();
      run.stop(end);
    }
    const result = await run.result;
    expect(result.status, result.error_summary ?? "").toBe(statuses[end]);
    await tree.gone();
  }

  describe.each(shapes)("$shape", ({ shape, leaves }) => {
    const ends: readonly End[] = leaves ? ["exit", "deadline", "cancel"] : ["deadline", "cancel"];

    test.each(ends)("is gone after %s, and nobody else is", async (end) => {
      await endTree(shape, end);
      bystanders.areWell();
    });

    test("is gone eight at once, however each ends, and nobody else is", async () => {
      await Promise.all(
        Array.from({ length: 8 }, (_, n) => endTree(shape, ends[n % ends.length] ?? "cancel")),
      );
      bystanders.areWell();
    });
  });

  test("a tree of every shape at once is gone when its own deadline comes, and nobody else is", async () => {
    const all = shapes.map(({ shape }) => {
      const tree = scratch.tree(shape);
      const fields = { command: tree.command, working_directory: tree.folder, timeout_seconds: 1 };
      return { tree, run: supervisor.start(fields) };
    });
    for (const { tree, run } of all) {
      expect((await run.result).status).toBe("timed_out");
      await tree.gone();
    }
    bystanders.areWell();
  });

  // The last: it ends them.
  test("those who stood by end well, with all of their output", async () => {
    await bystanders.endWell();
  });
});
