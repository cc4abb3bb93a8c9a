import { accessSync, constants, statSync, type Stats } from "node:fs";
import path from "node:path";

/** What lies where a program was looked for. */
export type FoundProgram =
  | { readonly kind: "executable"; readonly path: string; readonly status: Stats }
  | { readonly kind: "not_executable" | "directory" | "unreachable"; readonly path: string }
  /** `denied`: something was there that execvp(3) answers with EACCES. */
  | { readonly kind: "missing"; readonly searched: readonly string[] | null; readonly denied: boolean };

/** Looks as execvp(3) does: a name with a slash is a path, any other is searched for in PATH. */
export function findProgram(
  program: string,
  workingDirectory: string,
  searchPath: string | undefined,
): FoundProgram {
  if (program.includes("/")) {
    return (
      inspect(path.resolve(workingDirectory, program)) ?? { kind: "missing", searched: null, denied: false }
    );
  }
  const searched = (searchPath ?? "/bin:/usr/bin").split(path.delimiter);
  let best: FoundProgram | undefined;
  let denied = false;
  for (const directory of searched) {
    // An empty entry is the working directory (POSIX, XBD 8.3). A directory that we may not search holds nothing for us.
    const found = inspect(path.resolve(workingDirectory, directory, program));
    if (found?.kind === "executable") return found;
    if (found?.kind === "not_executable") best ??= found;
    if (found !== undefined) denied = true;
  }
  return best ?? { kind: "missing", searched, denied };
}

function inspect(file: string): FoundProgram | undefined {
  const { stackTraceLimit } = Error;
  // Most directories of a PATH do not have the program, and an error's stack would cost more than the call.
  Error.stackTraceLimit = 0;
  try {
    const status = lookAt(file);
    if (status === undefined || status === "unreachable") return status && { kind: status, path: file };
    if (status.isDirectory()) return { kind: "directory", path: file };
    // execve(2) executes regular files alone.
    if (!status.isFile() || !isExecutable(file)) return { kind: "not_executable", path: file };
    return { kind: "executable", path: file, status };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function lookAt(file: string): Stats | "unreachable" | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "unreachable" : undefined;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Whatever the reason, access(2) said no.
    return false;
  }
}
