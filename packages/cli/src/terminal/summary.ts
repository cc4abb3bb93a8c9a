import type { AnyResult } from "@xrt/contracts";
import { latestResult } from "@xrt/contracts/codec";
import { escapeControlCharacters } from "../control-characters.ts";
import type { Paint } from "./colors.ts";
import { formatDuration } from "./format-duration.ts";

export interface SummaryParts {
  readonly paint: Paint;
  /** The last lines of the program's standard error, where they are to be shown. */
  readonly errorLines?: readonly string[];
  /** The run directory, where there is (still) one. */
  readonly directory: string | undefined;
}

/** How a run ended, in a few lines for people. */
export function summarize(result: AnyResult, { paint, errorLines = [], directory }: SummaryParts): string {
  const label = (word: string): string => paint("dim", word.padEnd(9));
  const lines = [`${paint(colorOf(result), result.status)}  ${escapeControlCharacters(factsOf(result))}`];
  if (result.error_summary !== null) lines.push(escapeControlCharacters(result.error_summary));
  for (const line of errorLines) lines.push(paint("dim", `| ${escapeControlCharacters(line)}`));
  for (const artifact of result.artifacts) {
    if (artifact.artifact_id === "stdout" || artifact.artifact_id === "stderr") continue;
    lines.push(`${label("artifact")} ${escapeControlCharacters(artifact.path)}`);
  }
  if (directory !== undefined) lines.push(`${label("directory")} ${escapeControlCharacters(directory)}`);
  return `${lines.join("\n  ")}\n`;
}

/** Undefined for a run that was rejected before it had one. */
export function directoryOf(result: AnyResult): string | undefined {
  return latestResult(result).run_directory ?? undefined;
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
