import { chmod } from "node:fs/promises";
import { expect, test } from "vitest";
import { runFixture } from "./fixture.ts";
import { openWorkbench } from "./workbench.ts";

// Only root has privileges to give up.
if (process.getuid?.() === 0) {
  test("no command runs with privileges that the host has given up since it started its first one", async () => {
    await using bench = await openWorkbench();
    await chmod(bench.directory, 0o777);
    const { report } = await runFixture("give-up-privileges.ts", { directory: bench.directory });
    const { before, withoutGroups, withoutUser } = report as Record<string, string>;
    expect(before).toMatch(/^Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t1 2 \n$/);
    expect(withoutGroups).toMatch(/^Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t \n$/);
    expect(withoutUser).toMatch(/^Uid:\t65534\t65534\t65534\t65534\nGid:\t65534\t65534\t65534\t65534\n/);
  });
}
