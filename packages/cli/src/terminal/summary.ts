import { reserved, type AnyResult } from "@xrt/contracts";
import { readOutput } from "@xrt/core";
import type { Paint } from "./colors.ts";
import { escapeControlCharacters } from "../control-characters.ts";
import { formatDuration } from "./format-duration.ts";

/** Of a failed run's standard error, how many lines are shown, and how many bytes are read for them. */
const shownLines = 5;
const tailBytes = 4096;

/** How a run ended, in a few lines for people. */
export async function summaryOf(result: AnyResult, paint: Paint): Promise<string> {
  const label = (word: string): string => paint("dim", word.padEnd(9));
  const lines = [`${paint(colorOf(result), result.status)}  ${escapeControlCharacters(factsOf(result))}`];
  if (result.error_summary !== null) lines.push(escapeControlCharacters(result.error_summary));
  for (const line of await lastErrorLines(result))
    lines.push(paint("dim", `| ${escapeControlCharacters(line)}`));
  for (const artifact of result.artifacts) {
    if (artifact.artifact_id === "stdout" || artifact.artifact_id === "stderr") continue;
    lines.push(`${label("artifact")} ${escapeControlCharacters(artifact.path)}`);
  }
  const directory = result.metadata[reserved.runDirectory];
  if (directory !== undefined) lines.push(`${label("directory")} ${escapeControlCharacters(directory)}`);
  return `${lines.join("\n  ")}\n`;
}

function factsOf(result: AnyResult): string {
  const took = Date.parse(result.finished_at) - Date.parse(result.started_at);
  const code = result.exit_code === null ? [] : [`exit code ${result.exit_code}`];
  return [result.runtime_name, formatDuration(took), ...code].join(", ");
}

function colorOf({ status }: AnyResult): "green" | "red" | "yellow" {
  if (status === "succeeded") return "green";
  return status === "cancelled" ? "yellow" : "red";
}

async function lastErrorLines(result: AnyResult): Promise<string[]> {
  if (result.status === "succeeded" || result.stderr_path === null) return [];
  const { text } = await readOutput(result, { stream: "stderr", maxBytes: tailBytes, keep: "end" });
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines.slice(-shownLines);
}
