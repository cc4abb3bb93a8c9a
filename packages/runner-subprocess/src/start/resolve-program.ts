import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/**
 * The file that execvp(3) would execute, or the error code with which it would fail; a name with a slash is a path, any
 * other is searched for in PATH. Looked up before a shell is asked to execute it, as a shell's own words for a failure
 * would have to be understood.
 */
export function resolveProgram(
  program: string,
  directory: string,
  searchPath: string | undefined,
): { readonly file: string } | { readonly code: "ENOENT" | "EACCES" } {
  const places = program.includes("/") ? [""] : (searchPath ?? "/bin:/usr/bin").split(path.delimiter);
  let code: "ENOENT" | "EACCES" = "ENOENT";
  for (const place of program === "" ? [] : places) {
    // An empty entry is the working directory (POSIX, XBD 8.3).
    const file = path.resolve(directory, place, program);
    const answer = inspect(file);
    if (answer === "executable") return { file };
    if (answer === "EACCES") code = answer;
  }
  return { code };
}

function inspect(file: string): "executable" | "ENOENT" | "EACCES" {
  const { stackTraceLimit } = Error;
  // Most directories of a PATH do not have the program, and an error's stack would cost more than the call.
  Error.stackTraceLimit = 0;
  try {
    const status = statSync(file, { throwIfNoEntry: false });
    if (status === undefined) return "ENOENT";
    if (!status.isFile()) return "EACCES";
    accessSync(file, constants.X_OK);
    return "executable";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "EACCES" : "ENOENT";
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
