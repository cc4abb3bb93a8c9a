import { conformance, defineFixtures } from "@xrt/conformance";
import { defineRunner, outcome } from "@xrt/contracts";
import { test } from "vitest";

const create = () =>
  defineRunner({
    interfaceVersion: "1.0",
    async run(invocation, context) {
      context.signal.throwIfAborted();
      await context.stdout.write(invocation.command.join(" "));
      return outcome.succeeded();
    },
  });

const fixtures = defineFixtures({
  succeeds: { command: ["hello"] },
  writesOutput: { command: ["hello", "there"], stdout: "hello there" },
});

for (const { id, requirement, skip, run } of await conformance({ create, fixtures })) {
  // A skipped case says why: the runner does not declare it, or no fixture is given.
  if (skip === false) test(`${id}: ${requirement}`, run);
}
