import { Command, CommanderError } from "commander";
import { escapeControlCharacters } from "./control-characters.ts";
import { dieBySignal } from "./die-by-signal.ts";
import { defineExec } from "./definitions/exec.ts";
import { defineRecover } from "./definitions/recover.ts";
import { defineRun } from "./definitions/run.ts";
import { defineRunners } from "./definitions/runners.ts";
import { defineSchema } from "./definitions/schema.ts";
import { defineValidate } from "./definitions/validate.ts";
import { Failure } from "./failure.ts";
import { ClosedOutput } from "./output/output.ts";
import { openOutput } from "./output/open-output.ts";

/** Status of a command whose input or usage is at fault. */
const invalid = 2;
/** The same for `exec`, whose other statuses belong to its command (as with timeout(1), env(1), nohup(1)). */
const invalidExec = 125;

const definitions: Readonly<Record<string, (program: Command) => void>> = {
  run: defineRun,
  exec: defineExec,
  recover: defineRecover,
  validate: defineValidate,
  schema: defineSchema,
  runners: defineRunners,
};

const examples = `
Examples:
  xrt run invocation.json             run what the document says
  xrt exec --timeout 5m make test     run a command with a deadline
  xrt validate result.json            check a document against its contract
  xrt help exec                       every option of a command, with examples`;

/** Does what the arguments say and ends the process with the status that belongs to it. */
export async function main(args: readonly string[]): Promise<void> {
  let text = "";
  const program = new Command("xrt")
    .description("Hand it a runtime invocation, get one normalized result; nothing it started stays behind.")
    .usage("<command> [options]")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (help) => (text += help), writeErr: () => {}, outputError: () => {} })
    .option("-V, --version", "print the version, and those of the contract and of the runner interface")
    .option("--json", "with --version: as JSON")
    .helpCommand("help [command]", "every option of a command, with examples")
    .addHelpText("after", examples)
    .action(async (options: { version?: true; json?: true }) => {
      const { printVersion, refuseCommand } = await import("./commands/version.ts");
      if (options.version !== true) refuseCommand(program);
      await printVersion(options.json === true);
    });
  const word = args.find((argument) => !argument.startsWith("-")) ?? "";
  const known = Object.hasOwn(definitions, word);
  // Only help and refusals need to know the others.
  for (const define of known ? [definitions[word]] : Object.values(definitions)) define?.(program);
  // For a word that is no command: the action refuses it. Commands would inherit this if it came first.
  program.allowExcessArguments();
  const name = known ? `xrt ${word}` : "xrt";
  const status = word === "exec" ? invalidExec : invalid;
  const leave = async (thrown: unknown): Promise<never> =>
    process.exit(await end(thrown, name, status, text));
  // An error of ours outside of any promise must not print a stack either.
  process.once("uncaughtException", (thrown) => void leave(thrown));
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    await leave(error);
  }
  process.exit();
}

/** Says what went wrong, in one sentence on standard error; the exit status. */
async function end(error: unknown, name: string, status: number, text: string): Promise<number> {
  try {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await openOutput(1).write(text);
      return 0;
    }
    if (!(error instanceof ClosedOutput)) {
      await openOutput(2).write(`${name}: ${escapeControlCharacters(sentence(error, name))}\n`);
      return status;
    }
  } catch (failure) {
    // Nobody is left to be told, unless it was the help text that could not be written.
    if (!(failure instanceof ClosedOutput)) return status;
  }
  return dieBySignal("SIGPIPE");
}

function sentence(error: unknown, name: string): string {
  if (error instanceof CommanderError) {
    if (error.code === "commander.help") return `there is no such command; see ${name} --help`;
    const message = error.message.replace(/^error: /, "").replaceAll("\n", " ");
    return `${message}; see ${name} --help`;
  }
  if (error instanceof Failure) return error.message;
  if ((error as { syscall?: unknown } | null)?.syscall === "uv_cwd")
    return "the working directory is gone; change to one that exists";
  return `internal error: ${error instanceof Error ? error.message : String(error)}`;
}
