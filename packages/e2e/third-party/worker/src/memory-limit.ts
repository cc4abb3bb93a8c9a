import type { ResourceLimits } from "node:worker_threads";

const mebibyte = 1024 * 1024;

/** Bytes below which a thread cannot load Node's own modules. */
export const leastMemory = 16 * mebibyte;

/** The heap of a thread that may take so many bytes. */
export function heapOf(bytes: number): ResourceLimits {
  const whole = Math.floor(bytes / mebibyte);
  // Young objects are few at any time; together the two are never more than what is allowed.
  const young = Math.min(16, Math.floor(whole / 4));
  return { maxYoungGenerationSizeMb: young, maxOldGenerationSizeMb: whole - young };
}
