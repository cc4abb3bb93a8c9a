import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { users } from "./settings.ts";
import { openScratch, shapes, startAlone } from "./trees.ts";

const patient = { timeout: 30_000, interval: 5 };

// Who tests with instruments tests the instruments: each shape is what it is called, and is seen as long as it lives.

describe.each(users)("as $name", ({ ids }) => {
  test.each(shapes)(
    "$shape is seen while it lives, and leaves what it is said to leave",
    async ({ shape, leaves }) => {
      using scratch = openScratch();
      using staying = scratch.tree(shape);
      startAlone(staying, ids);
      await staying.ready();
      const alone = shape === "ignores-sigterm" || shape === "stopped-leader";
      // One that is replaced every millisecond may be missed by a look, between two generations.
      await expect.poll(() => staying.living().length, patient).toBe(alone ? 1 : 2);
      execFileSync(scratch.program, ["kill", staying.command[2] ?? ""]);
      await staying.gone();
      if (!leaves) return;

      using leaving = scratch.tree(shape, { leader: "exit" });
      startAlone(leaving, ids);
      await leaving.ready();
      await expect.poll(() => leaving.living().length, patient).toBe(1);
    },
  );
});
