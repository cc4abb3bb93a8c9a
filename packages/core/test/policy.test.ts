import { existsSync } from "node:fs";
import path from "node:path";
import type { Invocation } from "@xrt/contracts";
import { expect, test } from "vitest";
import { openWorkbench, succeed } from "./workbench.ts";

test("a policy refuses with a sentence, before anything is made or asked of the runner", async () => {
  const seen: Invocation[] = [];
  await using bench = await openWorkbench({
    policy: (invocation) => {
      seen.push(invocation);
      return invocation.command[0] === "sudo" ? "sudo is not allowed here" : undefined;
    },
  });
  let called = false;
  const { result } = await bench.run(
    async () => {
      called = true;
      return { status: "succeeded" };
    },
    { command: ["sudo", "reboot"], timeout_seconds: 5 },
    { secretEnvironment: { TOKEN: "s3cret-t0ken" } },
  );
  expect(result).toMatchObject({
    status: "rejected",
    error_summary: "sudo is not allowed here",
    metadata: { "xrt.error_code": "refused_by_policy" },
  });
  expect(called).toBe(false);
  expect(existsSync(path.join(bench.directory, ".xrt"))).toBe(false);
  // It sees what the runner would get.
  expect(seen[0]).toMatchObject({
    working_directory: bench.directory,
    timeout_seconds: 5,
    environment: { TOKEN: "s3cret-t0ken" },
  });
  expect(Object.isFrozen(seen[0]?.environment)).toBe(true);
  expect((await bench.run(succeed)).result.status).toBe("succeeded");
});

test("a policy that throws refuses, saying why", async () => {
  await using bench = await openWorkbench({
    policy: () => {
      throw new Error("the rules are not loaded");
    },
  });
  expect((await bench.run(succeed)).result).toMatchObject({
    status: "rejected",
    error_summary: "the host's policy could not be asked: the rules are not loaded",
  });
});

test.for([
  ["", '""'],
  [" ", '" "'],
  [null, "null"],
  [true, "true"],
  [false, "false"],
  [Promise.resolve(), "an object"],
] as const)(
  "a policy that answers %j refuses, lest a mistake of the host's let everything pass",
  async ([answer, shown]) => {
    await using bench = await openWorkbench({ policy: () => answer as unknown as string });
    expect((await bench.run(succeed)).result).toMatchObject({
      status: "rejected",
      error_summary: `the host's policy answered ${shown} instead of a sentence`,
    });
  },
);
