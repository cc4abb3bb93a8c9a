import type { Command } from "commander";
import { aboutRunners, addRunnerOptions, type RunnerOptions } from "./runner-options.ts";

const after = `${aboutRunners}

Examples:
  xrt runners
  xrt runners --runner acme-xrt-runner-ssh`;

export function defineRunners(program: Command): void {
  addRunnerOptions(program.command("runners"))
    .summary("list the runtime kinds that can be run here")
    .description("List the runtime kinds that can be run here, each with the package that runs it.")
    .addHelpText("after", after)
    .action(async (options: RunnerOptions) => {
      const { printRunners } = await import("../commands/runners.ts");
      await printRunners(options);
    });
}
