import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { refusalCode } from "./shell-order.ts";

/** A file that a command writes to, and its size before. */
export interface OutputSince {
  readonly fd: number;
  readonly before: number;
}

/** More than a shell says when it cannot execute something. */
const longest = 16_384;

/**
 * Whether the shell said in the command's output that it never became the command, and why; null: it did not. What it
 * said is taken out, since no command wrote it.
 */
export function takeRefusal({ fd, before }: OutputSince, refusal: string): string | undefined | null {
  const added = fstatSync(fd).size - before;
  // Negative: the command has truncated it.
  if (added <= 0 || added > longest) return null;
  // Ours may be open for appending alone.
  const reader = openSync(`/proc/self/fd/${fd}`, "r");
  try {
    const buffer = Buffer.alloc(added);
    const text = buffer.toString("latin1", 0, readSync(reader, buffer, 0, added, before));
    if (!text.endsWith(`${refusal}\n`)) return null;
    ftruncateSync(fd, before);
    return refusalCode(text);
  } finally {
    closeSync(reader);
  }
}
