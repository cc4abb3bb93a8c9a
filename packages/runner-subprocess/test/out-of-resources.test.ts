import { readdirSync, readFileSync } from "node:fs";
import { chmod } from "node:fs/promises";
import type { AnyResult } from "@xrt/contracts";
import { expect, test } from "vitest";
import { runFixture } from "./fixture.ts";
import { openWorkbench } from "./workbench.ts";

test("with too few file descriptors a run is failed and worth another try, and the next one works", async () => {
  await using bench = await openWorkbench();
  const { report } = await runFixture(
    "exhaust-files.ts",
    { directory: bench.directory },
    "",
    "ulimit -n 128",
  );
  const { scarce, after } = report as { scarce: AnyResult[]; after: AnyResult };
  expect(scarce[0]).toMatchObject({
    status: "failed",
    exit_code: null,
    metadata: { "xrt.error_code": "out_of_resources", "xrt.retryable": "true" },
  });
  expect(scarce[0]?.error_summary).toContain("too many open files");
  // Whatever the number that is free, a run has what it needs or says that it has not.
  const shown = scarce.map(({ status, metadata }) => `${status} ${metadata["xrt.error_code"] ?? ""}`.trim());
  expect([...new Set(shown)]).toEqual(["failed out_of_resources", "succeeded"]);
  expect(after.status).toBe("succeeded");
});

/** Tasks that the user has already: RLIMIT_NPROC counts threads, and all of the user's. */
function countTasks(uid: number): number {
  let tasks = 0;
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      if (Number(/^Uid:\t(\d+)/m.exec(status)?.[1]) === uid)
        tasks += Number(/^Threads:\t(\d+)/m.exec(status)?.[1]);
    } catch {
      // Gone in the meantime.
    }
  }
  return tasks;
}

test("with too many processes a run is failed and worth another try, and the next one works", async () => {
  await using bench = await openWorkbench();
  const own = process.getuid?.() ?? 0;
  // Nobody's: above what systems give to people, below what they give to containers.
  const uid = own === 0 ? 61_000 + (process.pid % 4000) : undefined;
  await chmod(bench.directory, 0o777);
  const limit = countTasks(uid ?? own) + 40;
  // The option's letter is the shell's own: -u in bash, ksh and busybox, -p in dash.
  const limits = `if (ulimit -u ${limit}) 2>/dev/null; then ulimit -u ${limit}; else ulimit -p ${limit}; fi`;
  const { report } = await runFixture(
    "exhaust-processes.ts",
    { directory: bench.directory, uid },
    "",
    limits,
  );
  const { scarce, after } = report as { scarce: AnyResult; after: AnyResult };
  expect(scarce).toMatchObject({
    status: "failed",
    exit_code: null,
    metadata: { "xrt.error_code": "out_of_resources", "xrt.retryable": "true" },
  });
  expect(scarce.error_summary).toContain("too many processes");
  expect(after.status).toBe("succeeded");
});
