import { Option, type Command } from "commander";
import { parseDuration } from "../duration.ts";
import { Failure } from "../failure.ts";
import { parseSignal } from "../signal-name.ts";
import { collect } from "./collect.ts";

export interface ExecOptions {
  /** Milliseconds; 0 for none. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly killAfter: number;
  readonly signal: NodeJS.Signals;
  readonly chdir?: string;
  /** `N` or `N=V`. */
  readonly env: readonly string[];
  readonly envFile: readonly string[];
  readonly secretEnv: readonly string[];
  readonly unset: readonly string[];
  readonly cleanEnv?: true;
  readonly stdin: boolean;
  readonly input?: string;
  readonly merge?: true;
  readonly capture: boolean;
  readonly id?: string;
  readonly dir?: string;
  /** `K=V`. */
  readonly meta: readonly string[];
  readonly artifact: readonly string[];
  readonly result?: string;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly color: boolean;
}

const after = `
Options end at the first operand: the command's own need no -- before them.
A duration is seconds, or has a unit: 250ms, 1.5s, 5m, 2h, 1d. A piped stdin is
the command's; a terminal is so under --no-capture only. The run directory is
temporary: deleted when the command succeeded, else kept and named on stderr.

Exit status:
  the command's own; 124 timed out; 125 xrt itself failed; 126 not executable;
  127 not found. A command ended by a signal ends xrt by that signal too: a
  shell shows 128 + its number.

Examples:
  xrt exec --timeout 5m make test
  xrt exec --timeout 10s -k 2s -C /srv/app -e LOG=debug -- ./server --port 80
  seq 1 5 | xrt exec sort -r | head -1
  xrt exec --clean-env -e PATH --env-file .env --secret-env API_KEY ./deploy
  xrt exec --dir runs --result result.json --artifact 'dist/**' npm run build
  xrt exec --no-capture htop`;

/** What an option that may be repeated is without a use. */
const unused = { env: [], envFile: [], secretEnv: [], unset: [], meta: [], artifact: [] };

export function defineExec(program: Command): void {
  program
    .command("exec")
    .summary("run a command with a deadline, leaving nothing behind")
    .description("Run a command: its output is relayed live, and whatever it started is gone when it ends.")
    .usage("[options] [--] <command> [argument...]")
    .argument("<command...>", "the program and its arguments")
    .passThroughOptions()
    .option("--timeout <duration>", "end it after so long; 0 for never (the default)", duration("--timeout"))
    .addOption(
      new Option("-k, --kill-after <duration>", "SIGKILL so long after the signal")
        .argParser(duration("--kill-after"))
        .default(5000, "5s"),
    )
    .addOption(
      new Option("-s, --signal <signal>", "what it is stopped with, by name or number")
        .argParser(signal)
        .default("SIGTERM", "TERM"),
    )
    .option("-C, --chdir <directory>", "run it in this directory")
    .option("-e, --env <name[=value]>", "set a variable, or pass ours on (repeatable)", collect)
    .option("--env-file <file>", "set the variables of a file of NAME=value lines (repeatable)", collect)
    .option("--secret-env <name>", "pass ours on, and write its value nowhere (repeatable)", collect)
    .option("-u, --unset <name>", "leave a variable out (repeatable)", collect)
    .option("--clean-env", "pass on none of our variables but those named by other options")
    .option("-n, --no-stdin", "an empty stdin, though ours is piped")
    .option("--input <file>", "stdin from a file; - for ours, also when it is a terminal")
    .option("--merge", "stderr into stdout, in order")
    .option("--no-capture", "our own stdin, stdout and stderr: for a terminal; keeps nothing")
    .option("--id <id>", "the invocation_id (default: a new UUID)")
    .option("--dir <directory>", "make the run directory in here, and keep it")
    .option("--meta <key=value>", "add metadata to the invocation (repeatable)", collect)
    .option("--artifact <glob>", "files below its directory to describe as artifacts (repeatable)", collect)
    .option("--result <file>", "write the result there as JSON, and keep the run directory")
    .option("-q, --quiet", "say nothing of timeouts and kept directories")
    .option("-v, --verbose", "a summary on stderr at the end")
    .option("--no-color", "no colours on the terminal (as does NO_COLOR in the environment)")
    .addHelpText("after", after)
    .action(async (command: string[], options: ExecOptions) => {
      const { exec } = await import("../commands/exec.ts");
      process.exitCode = await exec(command, { ...unused, ...options });
    });
}

function duration(option: string): (text: string) => number {
  return (text) => named(option, () => parseDuration(text));
}

function signal(text: string): NodeJS.Signals {
  return named("--signal", () => parseSignal(text));
}

function named<T>(option: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`${option}: ${error.message}`, { cause: error });
    throw error;
  }
}
