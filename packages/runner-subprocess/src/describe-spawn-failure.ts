import { access, constants, stat } from "node:fs/promises";
import { outcome, type Invocation, type Outcome } from "@xrt/contracts";
import { noControlGroup } from "./contain/cgroup.ts";
import type { ChildEnvironment } from "./environment.ts";
import { findProgram } from "./find-program.ts";
import { readInterpreter } from "./start/resolve-program.ts";

/** What was to be started, and where. */
export type CommandLine = Pick<Invocation, "command" | "working_directory">;

/** Says why nothing was started. Everything is looked at only now, so that a spawn that works pays for none of it. */
export async function describeSpawnFailure(
  error: NodeJS.ErrnoException,
  invocation: CommandLine,
  environment: ChildEnvironment,
): Promise<Outcome> {
  if (error.code === noControlGroup) return outcome.rejected("subprocess.no_control_group", error.message);
  const exhausted = describeExhaustion(error.code);
  if (exhausted !== undefined) return exhausted;
  if (error.code === "E2BIG") return describeTooLong(invocation, environment);
  return (
    describeNul(invocation, environment) ??
    (await describeDirectory(invocation.working_directory)) ??
    describeProgram(error, invocation, environment)
  );
}

const exhaustions: Readonly<Record<string, string>> = {
  EMFILE: "this process has too many open files; raise its limit (ulimit -n), or run fewer at once",
  ENFILE: "the system has too many open files; raise fs.file-max, or run fewer at once",
  EAGAIN: "there are too many processes; raise the user's limit (ulimit -u), or run fewer at once",
  ENOMEM: "there is not enough memory; run fewer at once",
};

function describeExhaustion(code: string | undefined): Outcome | undefined {
  if (code === undefined || !Object.hasOwn(exhaustions, code)) return undefined;
  const message = `the process could not be started (${code}): ${exhaustions[code]}`;
  return { status: "failed", error: { code: "out_of_resources", message, retryable: true } };
}

function describeTooLong({ command }: CommandLine, environment: ChildEnvironment): Outcome {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return outcome.rejected(
    "subprocess.argument_list_too_long",
    `the argument list of ${JSON.stringify(command[0])} is too long: ${bytesOf(command)} bytes, and ${bytesOf(variables)} of environment; hand large data over in a file or as the input`,
  );
}

function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
}

function describeNul(invocation: CommandLine, environment: ChildEnvironment): Outcome | undefined {
  const argument = invocation.command.findIndex((text) => text.includes("\0"));
  const variable = Object.entries(environment).find(([name, value]) => `${name}${value}`.includes("\0"));
  const where =
    argument !== -1
      ? `command[${argument}]`
      : variable !== undefined
        ? // The value is not shown: it may be a secret.
          `the environment variable ${JSON.stringify(variable[0])}`
        : invocation.working_directory.includes("\0")
          ? "working_directory"
          : undefined;
  if (where === undefined) return undefined;
  return outcome.rejected(
    "subprocess.nul_byte",
    `${where} contains a NUL byte, which no process can be given; take it out`,
  );
}

async function describeDirectory(directory: string): Promise<Outcome | undefined> {
  try {
    if (!(await stat(directory)).isDirectory()) {
      return outcome.rejected("directory_missing", `working directory is not a directory: ${directory}`);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR"
      ? outcome.rejected("directory_missing", `working directory does not exist: ${directory}`)
      : outcome.rejected("directory_missing", `working directory cannot be entered: ${directory} (${code})`);
  }
  try {
    await access(directory, constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return outcome.rejected(
      "directory_missing",
      `working directory cannot be entered: ${directory} (${code})`,
    );
  }
  return undefined;
}

function describeProgram(
  error: NodeJS.ErrnoException,
  invocation: CommandLine,
  environment: ChildEnvironment,
): Outcome {
  const program = invocation.command[0] ?? "";
  const name = JSON.stringify(program);
  if (program === "") {
    return outcome.rejected(
      "command_not_found",
      "command[0] is empty; it must be the name or path of a program",
    );
  }
  const found = findProgram(program, invocation.working_directory, environment["PATH"]);
  if (found.kind === "missing") {
    return outcome.rejected("command_not_found", describeMissing(name, found.searched, environment));
  }
  if (found.kind === "directory") {
    return outcome.rejected("command_not_executable", `${name} is a directory, not a program: ${found.path}`);
  }
  if (found.kind === "unreachable") {
    return outcome.rejected(
      "command_not_executable",
      `${name} cannot be reached: ${found.path} is below a directory that this user may not search; change its permissions`,
    );
  }
  if (found.kind === "not_executable") {
    return outcome.rejected(
      "command_not_executable",
      `${name} is not executable: ${found.path}; give it the permission (chmod +x), on a file system that allows it`,
    );
  }
  return describeRefused(error, name, found.path);
}

function describeMissing(
  name: string,
  searched: readonly string[] | null,
  environment: ChildEnvironment,
): string {
  if (searched === null) return `command not found: ${name} does not exist; give the path of a program`;
  const path = environment["PATH"];
  const where =
    path === undefined
      ? "the system's default PATH, as none is set"
      : `PATH, which is ${JSON.stringify(path)}`;
  return `command not found: ${name} is in no directory of ${where}; install it, or give its path`;
}

/** The file is there and may be executed, and still the system would not: its interpreter is at fault, or it is busy. */
function describeRefused(error: NodeJS.ErrnoException, name: string, file: string): Outcome {
  if (error.code === "ETXTBSY") {
    const message = `${name} is being written to and cannot be executed now: ${file}; run it again when that is done`;
    return { status: "failed", error: { code: "command_not_executable", message, retryable: true } };
  }
  const interpreter = readInterpreter(file);
  if (interpreter !== undefined) {
    const carriageReturn = interpreter.endsWith("\r") ? ", whose line ends as on Windows" : "";
    return outcome.rejected(
      "command_not_executable",
      `${name} cannot be executed: the interpreter in the first line of ${file} is ${JSON.stringify(interpreter)}${carriageReturn}, and no such program can be run here`,
    );
  }
  return outcome.rejected(
    "command_not_executable",
    `${name} cannot be executed: the system refuses ${file} (${error.code}); it may be for another machine, or its loader or library is missing`,
  );
}
