import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { systemCode } from "../system-error.ts";
import { makeFolders } from "./make-folders.ts";

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
  makeFolders(dirname(path));
  if (isSpecial(path)) {
    writeInto(path, text);
    return;
  }
  const target = endOfLinks(path);
  const temporary = join(dirname(target), `.xrt-${randomUUID()}.tmp`);
  writeTemporary(temporary, text, options);
  try {
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (options.durable) syncDirectory(dirname(target));
}

/**
 * Writes the temporary file of a document, whose rename is the caller's; a file that could not be written whole is removed.
 * Whatever stands in its place goes: O_EXCL follows no link and waits for no pipe, which a run may have put there.
 */
export function writeTemporary(
  path: string,
  text: string,
  options: { durable: boolean; mode: number },
): void {
  const fd = openAnew(path, options.mode);
  try {
    writeAll(fd, text);
    if (options.durable) fsyncSync(fd);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

function openAnew(path: string, mode: number): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  try {
    return openSync(path, flags, mode);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    rmSync(path, { recursive: true, force: true });
    return openSync(path, flags, mode);
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

/** By stat(2), not by name: `/dev/stdout` is a link to a pipe that no other path leads to. */
function isSpecial(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

/** Where a chain of links leads, also when nothing is there yet. stat(2) has refused those that lead in a circle. */
function endOfLinks(path: string): string {
  let end = path;
  for (;;) {
    try {
      const link = readlinkSync(end);
      end = resolve(realpathSync(dirname(end)), link);
    } catch (error) {
      // EINVAL: no link, so this is the end; ENOENT: it is to be made.
      if (systemCode(error) === "EINVAL" || systemCode(error) === "ENOENT") return end;
      throw error;
    }
  }
}

/** Milliseconds that the reader of a pipe may hold us up, altogether. */
const longestWaitMs = 1000;

function writeInto(path: string, text: string): void {
  // Without O_NONBLOCK, opening a pipe that nobody reads would wait for ever, and so would writing to a slow reader.
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    const end = performance.now() + longestWaitMs;
    for (let rest = Buffer.from(text); rest.length > 0;) {
      const written = writeSome(fd, rest);
      rest = rest.subarray(written);
      if (written > 0) continue;
      if (performance.now() > end) throw new Error(`${path} was not read for ${longestWaitMs} ms`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  } finally {
    closeSync(fd);
  }
}

/** Bytes written; 0 when the pipe is full. */
function writeSome(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if (systemCode(error) === "EAGAIN") return 0;
    throw error;
  }
}
