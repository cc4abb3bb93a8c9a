import { setTimeout as delay } from "node:timers/promises";
import { defineRunner, outcome, type RuntimeRunner } from "@xrt/contracts";
import { metadataSchema, type Metadata } from "./metadata.ts";
import type { Options } from "./options.ts";

/** Says the command's words. Put your own work in its place. */
export function createRunner(options: Options): RuntimeRunner<Metadata> {
  return defineRunner({
    interfaceVersion: "1.0",
    metadata: { prefix: "acme.echo.", schema: metadataSchema(options) },
    async run(invocation, context) {
      // What is stopped before it begins starts nothing.
      context.signal.throwIfAborted();
      const words = invocation.command.join(" ");
      if (words.trim() === "") {
        return outcome.rejected("acme.echo.no_words", "the command has no words; give it something to say");
      }
      context.emit({ type: "started" });
      const { times, interval_ms, exit_code } = context.config;
      for (let time = 0; time < times; time += 1) {
        await context.stdout.write(`${words}\n`);
        // It throws when the run is stopped, and a throw then ends the run as timed_out or cancelled.
        await delay(interval_ms, undefined, { signal: context.signal });
      }
      if (exit_code === 0) return outcome.succeeded({ exit_code });
      return outcome.failed("exit_status", `the echo ended with exit code ${exit_code}`, { exit_code });
    },
  });
}
