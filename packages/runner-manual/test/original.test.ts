import type { Invocation } from "@xrt/contracts";
import { expect, test } from "vitest";
import { openWorkbench } from "./workbench.ts";

// What programs written for the original rely on, case by case.

test("the dispatcher receives the invocation, and its result comes back", async () => {
  const received: Invocation[] = [];
  await using bench = await openWorkbench((invocation) => {
    received.push(invocation);
    return bench.resultOf(invocation, { status: "succeeded", exit_code: 0, metadata: { by: "hand" } });
  });
  const result = await bench.run({
    invocation_id: "by-hand",
    command: ["review", "it"],
    environment: { A: "1" },
  });
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({
    invocation_id: "by-hand",
    command: ["review", "it"],
    environment: { A: "1" },
    working_directory: bench.directory,
  });
  expect(result).toMatchObject({
    invocation_id: "by-hand",
    runtime_kind: "manual",
    status: "succeeded",
    exit_code: 0,
    error_summary: null,
    metadata: { by: "hand" },
  });
});

test("a failed result with exit code 1 comes back", async () => {
  await using bench = await openWorkbench((invocation) =>
    bench.resultOf(invocation, { status: "failed", exit_code: 1, error_summary: "the reviewer said no" }),
  );
  expect(await bench.run()).toMatchObject({
    status: "failed",
    exit_code: 1,
    error_summary: "the reviewer said no",
  });
});
