import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestContext, createTestInvocation } from "@xrt/conformance";
import { createRunner } from "../src/index.ts";

test("it says its words as often as it is told to", async (t) => {
  const context = await createTestContext({ config: { times: 2, interval_ms: 0, exit_code: 0 } });
  t.after(() => context[Symbol.asyncDispose]());
  const runner = createRunner({ maxTimes: 2 });
  const { status } = await runner.run(createTestInvocation({ command: ["good", "day"] }), context);
  assert.equal(status, "succeeded");
  assert.equal(context.output().toString(), "good day\ngood day\n");
});

test("it ends when it is stopped", async (t) => {
  const context = await createTestContext({ config: { times: 1, interval_ms: 600_000, exit_code: 0 } });
  t.after(() => context[Symbol.asyncDispose]());
  const run = createRunner({ maxTimes: 1 }).run(createTestInvocation(), context);
  context.abort("cancelled");
  await assert.rejects(run, { name: "AbortError" });
});
