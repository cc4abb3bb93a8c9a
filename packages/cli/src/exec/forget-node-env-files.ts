import { readFileSync } from "node:fs";

/**
 * Node reads the file of every `--env-file` on its whole command line up to the first `--`, also where it is an option
 * of ours or of the command. Takes what that added out of our environment again, as far as the system tells what it
 * was (Linux).
 */
export function forgetNodeEnvFiles(args: readonly string[]): void {
  if (!args.some((argument) => /^--env-file(-if-exists)?(=|$)/.test(argument))) return;
  const initial = initialNames();
  if (initial === undefined) return;
  // A variable that was there before has won over the file's.
  for (const name of Object.keys(process.env)) if (!initial.has(name)) delete process.env[name];
}

/** The names in the environment that this process was started with; undefined where that cannot be known. */
function initialNames(): ReadonlySet<string> | undefined {
  try {
    const entries = readFileSync("/proc/self/environ", "utf8").split("\0");
    return new Set(entries.map((entry) => entry.slice(0, entry.indexOf("="))));
  } catch {
    // No /proc, as outside of Linux.
    return undefined;
  }
}
