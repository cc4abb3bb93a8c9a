import type { Command } from "commander";
import { aboutRunners, addRunnerOptions, type RunnerOptions } from "./runner-options.ts";

export interface RecoverOptions extends RunnerOptions {
  readonly json?: true;
}

const after = `
<directory> is a run directory, or a folder of such (.xrt, or what --dir named).
Runs that have their result, and runs that go on, are left as they are; so it
may be called at any time, by any number of processes. What is not recovered
though it may have to be is told on stderr, one line each. SIGINT, SIGTERM,
SIGHUP and SIGQUIT cancel what is being recovered.
${aboutRunners}

Exit status:
  0 every run was handled
  1 some were left: they cannot be read or written, or nobody can tell from
    here whether their supervisor lives
  2 no such directory, or invalid usage
  130 cancelled

Examples:
  xrt recover .xrt
  xrt recover --json /var/lib/builds | jq .status   a result document per line`;

export function defineRecover(program: Command): void {
  addRunnerOptions(program.command("recover"))
    .summary("end the runs whose supervisor died, and write their results")
    .description(
      "End the runs whose supervisor was killed: its runner takes each up or clears it away, and it gets its result.",
    )
    .argument("<directory>", "a run directory, or a folder of run directories")
    .option("--json", "one result document per line, instead of a line for people")
    .addHelpText("after", after)
    .action(async (directory: string, options: RecoverOptions) => {
      const { recover } = await import("../commands/recover.ts");
      process.exitCode = await recover(directory, options);
    });
}
