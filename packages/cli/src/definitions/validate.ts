import type { Command } from "commander";
import { aboutRunners, addRunnerOptions, type RunnerOptions } from "./runner-options.ts";

export interface ValidateOptions extends RunnerOptions {
  readonly ndjson?: true;
}

const after = `
The schema_version and the contract_kind of a document say what it must be; one
without them is taken for a runtime_invocation of 0.1. An invocation of a kind
that a loaded runner runs must be one that this runner takes: its metadata, and
the limits that it supports.
${aboutRunners}

Exit status:
  0 valid, 2 invalid or unreadable

Examples:
  xrt validate invocation.json
  xrt run invocation.json | xrt validate -
  xrt validate --ndjson results.ndjson | grep -n -v '^ok$'`;

export function defineValidate(program: Command): void {
  addRunnerOptions(program.command("validate"))
    .summary("check a document against its contract")
    .description(
      "Check a contract document in a file or on stdin (-): prints ok, or invalid: and every problem.",
    )
    .argument("<file>", "the document; - for stdin")
    .option("--ndjson", "one document per line; prints one line for each")
    .addHelpText("after", after)
    .action(async (file: string, options: ValidateOptions) => {
      const { validate } = await import("../commands/validate.ts");
      process.exitCode = await validate(file, options);
    });
}
