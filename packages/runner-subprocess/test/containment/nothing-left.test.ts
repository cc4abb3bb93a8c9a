import { expect, test } from "vitest";
import { runFixture } from "../fixture.ts";
import { livingIn } from "./living-in.ts";
import { openWorkbench } from "../workbench.ts";
import { optionsOf } from "./settings.ts";

/** One after another; a release is tried with 10000. */
const many = Number(process.env["XRT_TEST_RUNS"] ?? 300);

test.each([
  { mode: "auto", sequential: many, atOnce: 1000 },
  // Each start by ourselves copies our page tables: fewer tell as much.
  { mode: "direct", sequential: Math.ceil(many / 3), atOnce: 200 },
] as const)(
  "$sequential runs one after another and $atOnce at once leave no child, timer, listener or descriptor: $mode",
  async ({ mode, sequential, atOnce }) => {
    await using bench = await openWorkbench();
    const { report } = await runFixture("count-what-is-left.ts", {
      directory: bench.directory,
      options: optionsOf(mode),
      sequential,
      atOnce,
    });
    const { before, after, statuses } = report as Record<"before" | "after" | "statuses", unknown>;
    const left = livingIn(bench.directory);
    for (const pid of left) process.kill(pid, "SIGKILL");
    expect(left).toEqual([]);
    expect(statuses).toEqual({ succeeded: 1 + sequential + atOnce });
    expect(after).toEqual(before);
  },
  300_000,
);
