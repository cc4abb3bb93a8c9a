import { lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { makeFolders } from "../record/make-folders.ts";
import { runName } from "./run-name.ts";
import { systemCode } from "../system-error.ts";

export interface RunDirectory {
  /** The directory's name, unique below its base. */
  readonly name: string;
  readonly path: string;
  readonly artifacts: string;
}

/** Where the run directories of an invocation lie. `ours` is set for `.xrt`, which we make and keep out of git. */
export interface RunsBase {
  readonly path: string;
  readonly ours: boolean;
}

/** Makes `<base>/<id>`, or `<id>~2` and so on when that is taken: a run never writes into another's directory. */
export function makeRunDirectory(base: RunsBase, invocationId: string): RunDirectory {
  if (base.ours) refuseLink(base.path);
  const wanted = runName(invocationId);
  let name = wanted;
  let path = join(base.path, name);
  for (let attempt = 2; !tryMake(base, path);) {
    if (attempt === 2) attempt = Math.max(2, highestSuffix(base.path, wanted) + 1);
    name = `${wanted}~${attempt}`;
    path = join(base.path, name);
    attempt += 1;
  }
  const artifacts = `${path}${sep}artifacts`;
  try {
    mkdirSync(artifacts, 0o700);
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  return { name, path, artifacts };
}

/** Whoever may write into the working directory, an earlier run too, could have runs made wherever a link leads. */
function refuseLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  throw new Error("it is a symbolic link, and none is followed there");
}

/** False when it exists already. The base is looked at only when it turns out to be missing: that is rare. */
function tryMake(base: RunsBase, path: string): boolean {
  try {
    return makeOne(path, 0o700);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    makeBase(base);
    return makeOne(path, 0o700);
  }
}

function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, mode);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function makeBase(base: RunsBase): void {
  if (!base.ours) {
    makeFolders(base.path);
    return;
  }
  // Not recursive: the working directory exists, and if it vanished meanwhile it must not be made anew.
  if (!makeOne(base.path, 0o777)) return;
  const ignore = join(base.path, ".gitignore");
  try {
    writeFileSync(ignore, "*\n");
  } catch (error) {
    // Or the next run would take it for finished. Not recursively: another process may have begun a run in it.
    rmSync(ignore, { force: true });
    rmdirSync(base.path);
    throw error;
  }
}

function highestSuffix(base: string, wanted: string): number {
  const prefix = `${wanted}~`;
  let highest = 1;
  for (const entry of readdirSync(base)) {
    const suffix = entry.startsWith(prefix) ? entry.slice(prefix.length) : "";
    if (/^[1-9]\d{0,14}$/.test(suffix)) highest = Math.max(highest, Number(suffix));
  }
  return highest;
}
