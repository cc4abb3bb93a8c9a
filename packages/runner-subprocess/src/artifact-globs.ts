import { glob, lstat, realpath } from "node:fs/promises";
import path from "node:path";
import { showValue, type Artifact, type Invocation, type RunContext } from "@xrt/contracts";
import { describeCostlyPattern } from "./costly-patterns.ts";
import { iterateUntilAborted, untilAborted } from "./until-aborted.ts";

type GlobContext = Pick<RunContext, "directory" | "signal" | "forceSignal" | "emit">;

/** A sentence for a pattern that would look outside of the working directory or cost too much, or undefined. */
export function describeBadPattern(pattern: string): string | undefined {
  if (pattern === "") return "a pattern is empty; name the files to keep, such as dist/**";
  if (pattern.includes("\0")) return `the pattern ${showValue(pattern)} contains a NUL byte`;
  if (path.posix.isAbsolute(pattern) || path.win32.isAbsolute(pattern)) {
    return `the pattern ${showValue(pattern)} is absolute; patterns are relative to working_directory`;
  }
  // Also as an alternative: {..,a}/x
  if (/(^|[/\\{(|,])\.\.($|[/\\})|,])/.test(pattern)) {
    return `the pattern ${showValue(pattern)} climbs out of working_directory with ".."; patterns stay inside it`;
  }
  return describeCostlyPattern(pattern);
}

/**
 * The files that match, as artifacts named by their relative paths, in the order of their names. Directories are not
 * kept, and neither is what lies below a `.xrt` or the run's own directory; what leads outside, and what is no file, is
 * refused with a warning. The process has ended by now and its outcome stands: a stop only ends the search, with a
 * warning and without the artifacts not yet looked at.
 */
export async function collectArtifacts(
  patterns: readonly string[],
  { working_directory: base }: Invocation,
  context: GlobContext,
): Promise<Artifact[]> {
  // A process that was itself stopped leaves the rest of the grace to look for what it wrote.
  const stop = context.signal.aborted ? context.forceSignal : context.signal;
  const artifacts: Artifact[] = [];
  try {
    const matched = await matchAll(patterns, base, stop, context);
    const root = await untilAborted(
      realpath(base).catch(() => base),
      stop,
    );
    for (const relative of [...matched].toSorted()) {
      const found = await untilAborted(follow(path.join(root, relative), root), stop);
      if ("problem" in found) {
        warn(context, "subprocess.artifact_refused", `${relative} is not kept: ${found.problem}`);
      } else {
        const file = found.isLink ? found.path : path.join(base, relative);
        artifacts.push({ path: file, artifact_id: relative });
      }
    }
  } catch (error) {
    if (!stop.aborted) throw error;
    const message = `the run had to end before every file of ${JSON.stringify(patterns)} was looked at; artifacts are missing from the result`;
    warn(context, "subprocess.artifact_globs_incomplete", message);
  }
  return artifacts;
}

/** The relative paths of all that match. Throws when it is stopped. */
async function matchAll(
  patterns: readonly string[],
  base: string,
  stop: AbortSignal,
  context: GlobContext,
): Promise<Set<string>> {
  const matched = new Set<string>();
  try {
    // One after another: a directory is matched in one go, and the host has its turn in between.
    for (const pattern of patterns) {
      const entries = glob(pattern, {
        cwd: base,
        withFileTypes: true,
        exclude: (entry) => {
          // Ends a search that goes on behind our back after a stop.
          stop.throwIfAborted();
          return entry.name === ".xrt";
        },
      });
      for await (const entry of iterateUntilAborted(entries, stop)) {
        const file = path.join(entry.parentPath, entry.name);
        const relative = path.relative(base, file);
        if (!entry.isDirectory() && !isOurs(file, relative, context)) matched.add(relative);
      }
    }
  } catch (error) {
    if (stop.aborted) throw error;
    const message = `not every file of ${JSON.stringify(patterns)} was found: ${(error as Error).message}`;
    warn(context, "subprocess.artifact_globs_failed", message);
  }
  return matched;
}

/** What XRT itself writes below the working directory. A pattern may name it without any wildcard. */
function isOurs(file: string, relative: string, { directory }: GlobContext): boolean {
  return (
    relative.split(path.sep).includes(".xrt") || file === directory || file.startsWith(directory + path.sep)
  );
}

/** The file itself, where a link stands for it, or what keeps it from being an artifact. */
async function follow(
  file: string,
  root: string,
): Promise<{ path: string; isLink: boolean } | { problem: string }> {
  let target: string;
  try {
    target = await realpath(file);
    const entry = await lstat(target);
    if (entry.isDirectory()) return { problem: "it is a symbolic link to a directory" };
    if (!entry.isFile())
      return { problem: "it is neither a file nor a link to one (a device, a FIFO or a socket)" };
  } catch (error) {
    return { problem: `it cannot be followed (${(error as NodeJS.ErrnoException).code})` };
  }
  const below = root.endsWith(path.sep) ? root : root + path.sep;
  if (!target.startsWith(below)) return { problem: "it leads out of working_directory" };
  return { path: target, isLink: target !== file };
}

function warn(context: GlobContext, code: string, message: string): void {
  context.emit({ type: "warning", code, message });
}
