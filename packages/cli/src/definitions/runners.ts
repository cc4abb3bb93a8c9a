import type { Command } from "commander";

const after = `
Examples:
  xrt runners`;

export function defineRunners(program: Command): void {
  program
    .command("runners")
    .summary("list the runtime kinds that can be run here")
    .description("List the runtime kinds that can be run here, each with the package that runs it.")
    .addHelpText("after", after)
    .action(async () => {
      const { printRunners } = await import("../commands/runners.ts");
      await printRunners();
    });
}
