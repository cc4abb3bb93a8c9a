import { expect, test } from "vitest";
import { livingInGroup } from "./living-processes.ts";
import { openWorkbench } from "./workbench.ts";

test("200 runs at once each get their own environment, output and exit code", async () => {
  await using bench = await openWorkbench();
  const finished = await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      bench.shell('echo "$N"; exit $((N % 3))', { environment: { N: String(n) } }),
    ),
  );
  for (const [n, { result, stdout }] of finished.entries()) {
    expect(stdout).toBe(`${n}\n`);
    expect(result.exit_code).toBe(n % 3);
  }
});

test("50 runs at once that overrun their deadline all end, and nothing is left", async () => {
  await using bench = await openWorkbench();
  const finished = await Promise.all(
    Array.from({ length: 50 }, () => bench.shell("sleep 300 & sleep 300", { timeout_seconds: 1 })),
  );
  for (const { result, pgid = 0 } of finished) {
    expect(result.status).toBe("timed_out");
    expect(livingInGroup(pgid)).toEqual([]);
  }
});

test("the same id, again and at the same moment, overwrites nothing", async () => {
  await using bench = await openWorkbench();
  const invocation_id = "the-same";
  const first = await bench.shell("echo 0", { invocation_id });
  const more = await Promise.all([1, 2, 3].map((n) => bench.shell(`echo ${n}`, { invocation_id })));
  const all = [first, ...more];
  expect(all.map(({ stdout }) => stdout)).toEqual(["0\n", "1\n", "2\n", "3\n"]);
  expect(new Set(all.map(({ result }) => result.stdout_path)).size).toBe(4);
  for (const { result } of all) expect(result.invocation_id).toBe(invocation_id);
});
