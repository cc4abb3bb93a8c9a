import { reserved, type AnyResult } from "@xrt/contracts";
import { sep } from "node:path";
import type { ExecOptions } from "../definitions/exec.ts";
import { escapeControlCharacters } from "../control-characters.ts";
import type { Delivery } from "./deliver.ts";

type ReportOptions = Pick<ExecOptions, "capture" | "result" | "quiet">;

/** Whether the temporary directory is still of use to anybody. */
export function isWorthKeeping(delivery: Delivery, options: ReportOptions): boolean {
  const { result, complete, closed } = delivery;
  // The result names files in it.
  if (options.result !== undefined) return true;
  if (hasOwnArtifacts(result)) return true;
  if (!options.capture) return false;
  // Whoever closed our output had all that was wanted; a rejected run has left nothing.
  if (closed || result.status === "rejected") return false;
  return result.status !== "succeeded" || !complete;
}

/** The program left something below XRT_ARTIFACT_DIR. */
function hasOwnArtifacts({ artifacts, metadata }: AnyResult): boolean {
  const directory = metadata[reserved.runDirectory];
  if (directory === undefined) return false;
  return artifacts.some(({ path }) => path.startsWith(`${directory}${sep}artifacts${sep}`));
}

/** The sentences for standard error. `kept`: the directory that stays though it is temporary, or null. */
export function sentencesOf(
  { result, complete, closed, failure }: Delivery,
  kept: string | null,
  { quiet }: Pick<ReportOptions, "quiet">,
): string[] {
  const sentences: string[] = [];
  const neverRan = result.exit_code === null && result.status !== "cancelled";
  const isTold = neverRan || (result.status === "timed_out" && quiet !== true);
  if (isTold && result.error_summary !== null) sentences.push(result.error_summary);
  if (failure !== null) sentences.push(failure.message);
  else if (!complete && !closed) sentences.push("its output was not read to the end");
  if (kept !== null && quiet !== true) sentences.push(`its directory is kept: ${kept}`);
  return sentences.map(escapeControlCharacters);
}
