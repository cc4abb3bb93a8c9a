import { conformance } from "@xrt/conformance";
import { defineRunner, outcome } from "@xrt/contracts";

/** It forgets to look at its signal. */
const create = () =>
  defineRunner({
    interfaceVersion: "1.0",
    async run(invocation, context) {
      await context.stdout.write(invocation.command.join(" "));
      return outcome.succeeded();
    },
  });

const cases = await conformance({
  create,
  fixtures: { writesOutput: { command: ["hello", "there"], stdout: "hello there" } },
});
for (const { id, skip, run } of cases) {
  if (!id.startsWith("stops/")) continue;
  const verdict = skip === false ? run().then(() => "holds", String) : `skipped, ${skip}`;
  console.log(`${id}: ${await verdict}`);
}
