import {
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "./system-error.ts";

/** Writes all of `text` to a descriptor: write(2) may take less than it was given. */
export function writeAll(fd: number, text: string): void {
  let written = writeSync(fd, text);
  if (written === Buffer.byteLength(text)) return;
  const bytes = Buffer.from(text);
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}

/**
 * Replaces a file in one step, so that a reader sees the old one or the new one, whole: a temporary file beside it,
 * then rename(2). Missing parent folders are made. A link is followed; a pipe or a device is written to as it is.
 */
export function writeDocument(path: string, text: string, options: { durable: boolean; mode: number }): void {
  mkdirSync(dirname(path), { recursive: true });
  const target = resolveTarget(path);
  if (target.special) {
    writeInto(target.path, text);
    return;
  }
  const temporary = `${target.path}.${process.pid}-${nextNumber()}.tmp`;
  try {
    writeTemporary(temporary, text, options);
    renameSync(temporary, target.path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (options.durable) syncDirectory(dirname(target.path));
}

/** Writes the temporary file of a document, whose rename is the caller's. A link in its place is not followed. */
export function writeTemporary(
  path: string,
  text: string,
  options: { durable: boolean; mode: number },
): void {
  const fd = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
    options.mode,
  );
  try {
    writeAll(fd, text);
    if (options.durable) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes a rename survive power loss (POSIX: fsync of the directory). */
export function syncDirectory(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function resolveTarget(path: string): { path: string; special: boolean } {
  try {
    const real = lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
    const stats = lstatSync(real);
    return { path: real, special: !stats.isFile() && !stats.isDirectory() };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return { path, special: false };
    throw error;
  }
}

function writeInto(path: string, text: string): void {
  // Without O_NONBLOCK, opening a pipe that nobody reads would wait for ever.
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    writeAll(fd, text);
  } finally {
    closeSync(fd);
  }
}

let number = 0;

function nextNumber(): number {
  number += 1;
  return number;
}
