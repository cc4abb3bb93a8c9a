import { readdirSync, readFileSync } from "node:fs";

/** The processes whose arguments hold a word. A zombie has none. */
export function livingWith(word: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && argumentsOf(entry).includes(word))
    .map(Number);
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    // Gone in the meantime.
    return [];
  }
}
