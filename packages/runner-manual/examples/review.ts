import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, readOutput } from "@xrt/core";
import { ManualRunner } from "@xrt/runner-manual";

const manual = new ManualRunner({
  // A person, a queue, a library: whatever answers.
  async reviewer(invocation, context) {
    await context.stdout.write(`looked at ${invocation.command.join(" ")}\n`);
    return { status: "succeeded", exit_code: 0, metadata: { verdict: "ship it" } };
  },
});
const runtime = new ExecutorRuntime({ runners: { manual } });

const review = createInvocation({
  runtime_kind: "manual",
  runtime_name: "reviewer",
  command: ["review", "pull/17"],
});
const result = await runtime.run(review);
console.log(result.status, result.metadata["verdict"]);
console.log((await readOutput(result)).text.trim());

const unknown = await runtime.run({ ...review, runtime_name: "revewer" });
console.log(unknown.status);
console.log(unknown.error_summary);
await runtime.close();
