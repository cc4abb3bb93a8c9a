import type { Command } from "commander";

const after = `
Kinds: runtime_invocation, runtime_result, artifact_descriptor

Examples:
  xrt schema runtime_invocation
  xrt schema --schema-version 0.2 runtime_result > runtime_result.schema.json`;

export function defineSchema(program: Command): void {
  program
    .command("schema")
    .summary("print the JSON Schema of a contract kind")
    .description("Print the JSON Schema (draft 2020-12) of a contract kind.")
    .argument("<kind>", "the contract kind")
    .option("--schema-version <version>", "the version of the contract", "0.1")
    .addHelpText("after", after)
    .action(async (kind: string, options: { readonly schemaVersion: string }) => {
      const { printSchema } = await import("../commands/schema.ts");
      await printSchema(kind, options.schemaVersion);
    });
}
