import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createTestContext, createTestInvocation, type TestContextOptions } from "@xrt/conformance";
import { createRunner } from "../src/index.ts";
import { moduleOf } from "./fixtures.ts";

const runner = createRunner({ graceMs: 1000, inheritEnvironment: false });

async function contextOf(t: TestContext, options: Partial<TestContextOptions<{ data?: unknown }>> = {}) {
  const context = await createTestContext({ config: {}, ...options });
  t.after(() => context[Symbol.asyncDispose]());
  return context;
}

test("a module that throws has failed, with its message, and its stack is in stderr", async (t) => {
  const context = await contextOf(t);
  const { status, error } = await runner.run(createTestInvocation({ command: [moduleOf("throw")] }), context);
  assert.equal(status, "failed");
  assert.equal(error?.code, "example.worker.uncaught");
  assert.match(error.message, /throw\.mjs threw: Error: no luck$/);
  assert.match(context.output("stderr").toString(), /no luck\ntoday\n +at /);
});

test("a module sees its data, and of the environment only the invocation's", async (t) => {
  const context = await contextOf(t, { config: { data: [1, "two"] } });
  const invocation = createTestInvocation({ command: [moduleOf("tell")], environment: { MODE: "fast" } });
  assert.equal((await runner.run(invocation, context)).status, "succeeded");
  assert.deepEqual(JSON.parse(context.output("stdout").toString()), {
    data: [1, "two"],
    workingDirectory: invocation.working_directory,
    environment: ["MODE", "XRT_ARTIFACT_DIR", "XRT_RUN_DIR"],
  });
});

test("a limit that no thread can start with is refused", async (t) => {
  const invocation = createTestInvocation({ command: [moduleOf("greet")], limits: { memory_bytes: 1024 } });
  const { status, error } = await runner.run(invocation, await contextOf(t));
  assert.equal(status, "rejected");
  assert.match(error?.message ?? "", /is 1024, and a thread needs 16777216 to start; raise it$/);
});

test("a limit leaves alone what keeps to it", async (t) => {
  const invocation = createTestInvocation({
    command: [moduleOf("greet"), "you"],
    limits: { memory_bytes: 16 * 1024 * 1024 },
  });
  const context = await contextOf(t);
  assert.equal((await runner.run(invocation, context)).status, "succeeded");
  assert.equal(context.output("stdout").toString(), "hello you\n");
});
