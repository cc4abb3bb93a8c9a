import { accessSync, closeSync, constants, openSync, readSync, statSync, type Stats } from "node:fs";
import path from "node:path";

/** The file to execute, or the error code with which execvp(3) would fail. */
export type ResolvedProgram = { readonly file: string } | { readonly code: "ENOENT" | "EACCES" };

/**
 * Looks as execvp(3) does: a name with a slash is a path, any other is searched for in PATH. Done before a shell is asked
 * to execute it: what cannot be executed starts nothing, and a shell's own words need not be understood.
 */
export function resolveProgram(
  program: string,
  directory: string,
  searchPath: string | undefined,
): ResolvedProgram {
  const places = program.includes("/") ? [""] : (searchPath ?? "/bin:/usr/bin").split(path.delimiter);
  let code: "ENOENT" | "EACCES" = "ENOENT";
  for (const place of program === "" ? [] : places) {
    // An empty entry is the working directory (POSIX, XBD 8.3).
    const file = path.resolve(directory, place, program);
    const answer = inspect(file);
    if (typeof answer === "object") return hasInterpreter(file, answer) ? { file } : { code: "ENOENT" };
    if (answer === "EACCES") code = answer;
  }
  return { code };
}

/** The status of a program that may be executed. */
function inspect(file: string): Stats | "ENOENT" | "EACCES" {
  const { stackTraceLimit } = Error;
  // Most directories of a PATH do not have the program, and an error's stack would cost more than the call.
  Error.stackTraceLimit = 0;
  try {
    const status = statSync(file, { throwIfNoEntry: false });
    if (status === undefined) return "ENOENT";
    if (!status.isFile()) return "EACCES";
    accessSync(file, constants.X_OK);
    return status;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "EACCES" : "ENOENT";
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Of programs that have been started: what stands in their first line, as long as they are the same. */
const interpreters = new Map<
  string,
  { readonly version: string; readonly interpreter: string | undefined }
>();
const mostInterpreters = 256;

/** False for a script whose first line names a program that is not there: execve(2) would say that the script is not. */
function hasInterpreter(file: string, { ino, dev, size, mtimeMs }: Stats): boolean {
  const version = `${dev} ${ino} ${size} ${mtimeMs}`;
  let known = interpreters.get(file);
  if (known?.version !== version) {
    known = { version, interpreter: readInterpreter(file) };
    if (interpreters.size >= mostInterpreters) interpreters.clear();
    interpreters.set(file, known);
  }
  const { interpreter } = known;
  return interpreter === undefined || statSync(interpreter, { throwIfNoEntry: false }) !== undefined;
}

const firstBytes = Buffer.alloc(256);

/** What stands behind `#!`, up to the first space: execve(2) takes it as a path and as nothing else. */
export function readInterpreter(file: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch {
    // It may be executed but not read.
    return undefined;
  }
  try {
    const length = readSync(fd, firstBytes, 0, firstBytes.length, 0);
    const [line = ""] = firstBytes.toString("utf8", 0, length).split("\n", 1);
    return /^#! *([^ \t]+)/.exec(line)?.[1];
  } finally {
    closeSync(fd);
  }
}
