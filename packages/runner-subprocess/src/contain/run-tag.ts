import { createHash, randomBytes } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { isExhausted, withDescriptor } from "./spare-descriptor.ts";

// The tag of a run is the value of a resource limit that Linux has not enforced since 2.4 (RLIMIT_LOCKS, getrlimit(2)).
// Every descendant inherits it, through setsid(2), double forks and an emptied environment, and /proc/<pid>/limits shows
// it to everybody. A nested run has a tag of its own, so the outermost run's is also in another such limit, RLIMIT_RSS.

/** Tags lie from here up to four times as much: far above any limit that somebody sets, far below what a limit can hold. */
const lowest = 2 ** 50;

/** What RLIMIT_RSS is set in: ulimit(1) takes it in KiB, /proc shows bytes. */
const rssUnit = 1024;

/** The tag of the run that has this directory: the same for whoever recovers it, and no other run's. */
export function tagOf(directory: string): number {
  return fromBytes(createHash("sha256").update(realpathSync.native(directory)).digest());
}

/** A tag for work that has no directory. */
export function newTag(): number {
  return fromBytes(randomBytes(8));
}

function fromBytes(bytes: Uint8Array): number {
  const number = Buffer.from(bytes.buffer, bytes.byteOffset, 8).readBigUInt64BE();
  return lowest + Number(number % BigInt(3 * lowest));
}

let nested: boolean | undefined;

/** Whether this process is itself part of a run, whose tag must then stay where it is. */
export function insideRun(): boolean {
  nested ??= (limitsOf("self")?.outermost ?? 0) >= lowest;
  return nested;
}

/** The tags that a process carries, each NaN where the limit is none. */
export interface Tags {
  readonly own: number;
  readonly outermost: number;
}

/** Undefined for a process that is gone, or hidden from us. */
export function limitsOf(pid: number | "self"): Tags | undefined {
  let text: string;
  try {
    text = withDescriptor(() => readFileSync(`/proc/${pid}/limits`, "latin1"));
  } catch (error) {
    if (isExhausted(error)) throw error;
    return undefined;
  }
  return { own: softLimit(text, "Max file locks"), outermost: softLimit(text, "Max resident set") / rssUnit };
}

/** The second column, after the name and spaces (proc(5)). */
function softLimit(text: string, name: string): number {
  const from = text.indexOf(name) + name.length;
  return Number.parseInt(text.slice(from, from + 40), 10);
}
