import { closeSync, openSync, readSync, statSync, type Stats } from "node:fs";
import { findProgram } from "../find-program.ts";

/** The file to execute, or the error code with which execvp(3) would fail. */
export type ResolvedProgram = { readonly file: string } | { readonly code: "ENOENT" | "EACCES" };

/**
 * Done before a shell is asked to execute it: what cannot be executed starts nothing, and a shell's own words need not be
 * understood.
 */
export function resolveProgram(
  program: string,
  directory: string,
  searchPath: string | undefined,
): ResolvedProgram {
  if (program === "") return { code: "ENOENT" };
  const found = findProgram(program, directory, searchPath);
  if (found.kind === "missing") return { code: found.denied ? "EACCES" : "ENOENT" };
  if (found.kind !== "executable") return { code: "EACCES" };
  return hasInterpreter(found.path, found.status) ? { file: found.path } : { code: "ENOENT" };
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
