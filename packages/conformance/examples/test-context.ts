import { createTestContext, createTestInvocation } from "@xrt/conformance";
import { defineRunner, outcome } from "@xrt/contracts";

const runner = defineRunner({
  interfaceVersion: "1.0",
  async run(invocation, context) {
    context.emit({ type: "progress", phase: "greeting" });
    await context.stdout.write(`hello ${invocation.command.join(" ")}\n`);
    await context.checkpoint({ greeted: invocation.command });
    context.signal.throwIfAborted();
    return outcome.succeeded();
  },
});

await using context = await createTestContext({ timeoutMs: 60_000 });
const { status } = await runner.run(createTestInvocation({ command: ["world"] }), context);

console.log(status, context.output("stdout").toString().trim());
console.log(context.events.map(({ type }) => type).join(", "));
console.log(context.checkpoints);

context.abort("cancelled");
console.log((context.signal.reason as Error).name);
