import type { Command } from "commander";

const after = `
Kinds: runtime_invocation, runtime_result, artifact_descriptor

Examples:
  xrt schema runtime_invocation
  xrt schema runtime_result > runtime_result.schema.json`;

export function defineSchema(program: Command): void {
  program
    .command("schema")
    .summary("print the JSON Schema of a contract kind")
    .description("Print the JSON Schema (draft 2020-12) of a contract kind.")
    .argument("<kind>", "the contract kind")
    .addHelpText("after", after)
    .action(async (kind: string) => {
      const { printSchema } = await import("../commands/schema.ts");
      await printSchema(kind);
    });
}
