import { statSync } from "node:fs";
import { isTooLong } from "./argument-limits.ts";
import { resolveProgram } from "./resolve-program.ts";

/** What is to be started. */
export interface Command {
  /** At least the program's name. */
  readonly argv: readonly string[];
  /** Absolute. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A command that can be executed, as far as can be told before. */
export interface ReadyCommand extends Command {
  /** The absolute path that the program's name stands for. */
  readonly program: string;
}

/** Below this many characters no system finds arguments and environment too long. */
const neverTooLong = 30_000;

/** Throws an error with the code that spawn would give it. */
export function checkCommand(command: Command): ReadyCommand {
  const { argv, directory, environment } = command;
  let length = 0;
  for (const text of [directory, ...argv, ...Object.entries(environment).flat()]) {
    if (text?.includes("\0")) throw systemError("ERR_INVALID_ARG_VALUE");
    length += text?.length ?? 0;
  }
  if (length > neverTooLong && isTooLong(argv, environment)) throw systemError("E2BIG");
  const status = statSync(directory, { throwIfNoEntry: false });
  if (status?.isDirectory() !== true) throw systemError("ENOENT");
  const program = resolveProgram(argv[0] ?? "", directory, environment["PATH"]);
  if ("code" in program) throw systemError(program.code);
  return { ...command, program: program.file };
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
