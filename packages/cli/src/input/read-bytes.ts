import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Failure } from "../failure.ts";
import { describeSystemError, systemErrorCode } from "../system-error.ts";
import { sizeLimit, sizeLimitRemedy, sizeLimitText } from "./size-limit.ts";

const chunkBytes = 256 * 1024;

/** How long to leave a standard input alone that another program has made non-blocking, in milliseconds. */
const retryAfter = 10;

/** How messages name an input: its path, or "standard input" for `-`. */
export function inputName(source: string): string {
  return source === "-" ? "standard input" : source;
}

/**
 * The bytes of an input, piece by piece. Throws Failure where it cannot be read.
 * Reading blocks: nothing else is under way then, and streams would have to be loaded first.
 */
export function* streamBytes(source: string): Generator<Uint8Array> {
  const fd = openInput(source);
  try {
    for (;;) {
      const chunk = readChunk(fd, source);
      if (chunk.length === 0) return;
      yield chunk;
    }
  } finally {
    if (source !== "-") closeSync(fd);
  }
}

/** The whole input, up to `sizeLimit`. Throws Failure where it is larger or cannot be read. */
export function readBytes(source: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (const chunk of streamBytes(source)) {
    size += chunk.length;
    if (size > sizeLimit) throw tooLarge(source);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
}

function openInput(source: string): number {
  let fd: number;
  try {
    fd = source === "-" ? 0 : openSync(source, "r");
  } catch (error) {
    throw unreadable(source, error);
  }
  if (!fstatSync(fd).isDirectory()) return fd;
  const remedy = source === "-" ? "pipe a document into it" : "name a file, or - for standard input";
  throw new Failure(`cannot read ${inputName(source)}: it is a directory; ${remedy}`);
}

function readChunk(fd: number, source: string): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  for (;;) {
    try {
      return buffer.subarray(0, readSync(fd, buffer));
    } catch (error) {
      if (systemErrorCode(error) !== "EAGAIN") throw unreadable(source, error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryAfter);
    }
  }
}

function tooLarge(source: string): Failure {
  const size = knownSize(source);
  const held = size === null ? "more bytes" : `${size} bytes, more`;
  return new Failure(`${inputName(source)} has ${held} than ${sizeLimitText}; ${sizeLimitRemedy}`);
}

/** Null for a pipe and the like, whose end only reading would show. */
function knownSize(source: string): number | null {
  const fd = openInput(source);
  const stat = fstatSync(fd);
  if (source !== "-") closeSync(fd);
  return stat.isFile() ? stat.size : null;
}

function unreadable(source: string, error: unknown): Failure {
  return new Failure(`cannot read ${inputName(source)}: ${describeSystemError(error)}`, { cause: error });
}
