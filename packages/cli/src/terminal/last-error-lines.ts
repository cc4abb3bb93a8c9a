import type { AnyResult } from "@xrt/contracts";
import { readOutput } from "@xrt/core";

/** How many lines are shown, and how many bytes are read for them. */
const shownLines = 5;
const tailBytes = 4096;

/** The end of what a program that did not succeed wrote to its standard error. */
export async function lastErrorLines(result: AnyResult): Promise<string[]> {
  if (result.status === "succeeded" || result.stderr_path === null) return [];
  const { text } = await readOutput(result, { stream: "stderr", maxBytes: tailBytes, keep: "end" });
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines.slice(-shownLines);
}
