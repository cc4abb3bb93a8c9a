import { access, constants, stat } from "node:fs/promises";
import path from "node:path";
import type { ChildEnvironment } from "./environment.ts";

/** What lies where a program was looked for. Asked only after a spawn failed, to say why. */
export type FoundProgram =
  | { readonly kind: "executable" | "not_executable" | "directory" | "unreachable"; readonly path: string }
  | { readonly kind: "missing"; readonly searched: readonly string[] | null };

/** Looks as execvp(3) does: a name with a slash is a path, any other is searched for in PATH. */
export async function findProgram(
  program: string,
  workingDirectory: string,
  environment: ChildEnvironment,
): Promise<FoundProgram> {
  if (program.includes("/")) {
    return (await inspect(path.resolve(workingDirectory, program))) ?? { kind: "missing", searched: null };
  }
  const searched = (environment["PATH"] ?? "/bin:/usr/bin").split(path.delimiter);
  let best: FoundProgram | undefined;
  for (const directory of searched) {
    // An empty entry is the working directory (POSIX, XBD 8.3). A directory that we may not search holds nothing for us.
    const found = await inspect(path.resolve(workingDirectory, directory, program));
    if (found?.kind === "executable") return found;
    if (found?.kind === "not_executable") best ??= found;
  }
  return best ?? { kind: "missing", searched };
}

async function inspect(file: string): Promise<FoundProgram | undefined> {
  try {
    if ((await stat(file)).isDirectory()) return { kind: "directory", path: file };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES"
      ? { kind: "unreachable", path: file }
      : undefined;
  }
  try {
    await access(file, constants.X_OK);
    return { kind: "executable", path: file };
  } catch {
    // Whatever the reason, access(2) said no.
    return { kind: "not_executable", path: file };
  }
}
