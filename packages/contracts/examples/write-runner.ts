import { defineRunner, outcome } from "@xrt/contracts";
import * as z from "zod";

/** Answers with its command's words, `echo.times` times over. */
const echoRunner = defineRunner({
  interfaceVersion: "1.0",
  metadata: {
    prefix: "echo.",
    schema: z.strictObject({ times: z.coerce.number().int().min(1).default(1) }),
  },
  async run(invocation, context) {
    const line = `${invocation.command.join(" ")}\n`;
    for (let i = 0; i < context.config.times; i += 1) {
      // Once the signal has aborted, a throw ends the run as timed_out or cancelled.
      context.signal.throwIfAborted();
      await context.stdout.write(line);
    }
    return outcome.succeeded({ exit_code: 0 });
  },
});

console.log(`a runner for interface ${echoRunner.interfaceVersion}`);
