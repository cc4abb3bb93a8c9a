import { reserved, type AnyResult } from "@xrt/contracts";
import { sep } from "node:path";
import { escapeControlCharacters } from "../control-characters.ts";
import type { ExecOptions } from "../definitions/exec.ts";
import { directoryOf } from "../terminal/summary.ts";
import type { Delivery } from "./deliver.ts";

type ReportOptions = Pick<ExecOptions, "capture" | "result" | "quiet">;

/** Whether the temporary run directory is still of use to anybody. */
export function isWorthKeeping(delivery: Delivery, options: ReportOptions): boolean {
  const { result, complete, closed } = delivery;
  if (directoryOf(result) === undefined) return false;
  // The result names files in it.
  if (options.result !== undefined || hasOwnArtifacts(result)) return true;
  if (!options.capture) return false;
  // Whoever closed our output had all that was wanted; a rejected run has left nothing.
  if (closed || result.status === "rejected") return false;
  return result.status !== "succeeded" || !complete;
}

/** The program left something below XRT_ARTIFACT_DIR. */
function hasOwnArtifacts(result: AnyResult): boolean {
  const folder = `${directoryOf(result)}${sep}artifacts${sep}`;
  return result.artifacts.some(({ path }) => path.startsWith(folder));
}

/** The sentences for standard error; `isKept`: the run directory stays though it is temporary. */
export function sentencesOf(
  delivery: Delivery,
  isKept: boolean,
  { quiet, result: asked }: ReportOptions,
): string[] {
  const { result, complete, closed, failure } = delivery;
  const sentences: string[] = [];
  const neverRan = result.exit_code === null && result.status !== "cancelled";
  const isTold = neverRan || (result.status === "timed_out" && quiet !== true);
  if (isTold && result.error_summary !== null) sentences.push(result.error_summary);
  const unwritten = asked === undefined ? undefined : result.metadata[reserved.resultError];
  if (unwritten !== undefined) sentences.push(unwritten);
  if (failure !== null) sentences.push(failure.message);
  else if (!complete && !closed) sentences.push("its output was not read to the end");
  // A result that was asked for says it itself.
  if (isKept && quiet !== true && asked === undefined) {
    sentences.push(`its directory is kept: ${directoryOf(result)}`);
  }
  return sentences.map(escapeControlCharacters);
}
