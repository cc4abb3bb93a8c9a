import type { Command } from "commander";
import { aboutRunners, addRunnerOptions, type RunnerOptions } from "./runner-options.ts";

export interface RunCommandOptions extends RunnerOptions {
  readonly events?: string;
  readonly dir?: string;
  readonly exitZero?: true;
  readonly color: boolean;
}

const after = `${aboutRunners}

The result is one JSON document on stdout, and nothing else is written there.
On a terminal, progress and a summary are on stderr. SIGINT, SIGTERM, SIGHUP
and SIGQUIT cancel the run; its result is printed all the same.

Exit status:
  0 succeeded, 1 failed, 2 invalid input or usage, 124 timed out, 125 rejected,
  130 cancelled

Examples:
  xrt run invocation.json
  echo '{"invocation_id":"1","runtime_name":"hello","runtime_kind":"subprocess",
         "working_directory":".","command":["echo","hello"]}' | xrt run -
  xrt run --events - invocation.json | jq .type     every event as it happens
  xrt run --exit-zero invocation.json | jq .status  for whoever reads it
  xrt run --runner acme-xrt-runner-ssh invocation.json
  xrt run --config /etc/xrt/runners.json invocation.json`;

export function defineRun(program: Command): void {
  addRunnerOptions(program.command("run"))
    .summary("run one invocation; its result goes to stdout as JSON")
    .description(
      "Run one invocation, a JSON document in a file or on stdin (-); its result goes to stdout as JSON.",
    )
    .argument("<file>", "the invocation; - for stdin")
    .option("--events <file>", "write every event as one line of JSON; - for stdout, instead of the result")
    .option("--dir <directory>", "make the run directory in here, whatever the document says")
    .option("--exit-zero", "exit with 0 whatever the result's status is")
    .option("--no-color", "no colours on the terminal (as does NO_COLOR in the environment)")
    .addHelpText("after", after)
    .action(async (file: string, options: RunCommandOptions) => {
      const { run } = await import("../commands/run.ts");
      process.exitCode = await run(file, options);
    });
}
