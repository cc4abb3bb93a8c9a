import { readFileSync } from "node:fs";

// execve(2): one string may have 128 KiB, all of them a quarter of the stack's limit and never over 6 MiB.

const longestString = 131_072;
const largestTotal = 6 * 1024 * 1024;
/** Bytes of the pointer to each string, and of what else the kernel puts there. */
const pointer = 8;
const reserve = 4096;

/** Whether the system would refuse such arguments and environment as too long (E2BIG). */
export function isTooLong(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const variables = Object.entries(environment).map(([name, value = ""]) => `${name}=${value}`);
  let total = reserve;
  for (const text of [...argv, ...variables]) {
    const bytes = Buffer.byteLength(text) + 1;
    if (bytes > longestString) return true;
    total += bytes + pointer;
  }
  return total > Math.min(largestTotal, stackLimit() / 4);
}

/** Bytes; Infinity where there is no limit. */
function stackLimit(): number {
  const limit = /^Max stack size +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
  return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
}
