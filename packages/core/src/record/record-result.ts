import { renameSync, rmSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { reserved, type AnyResult, type ContractVersion } from "@xrt/contracts";
import { encodeResult, type NeutralResult } from "@xrt/contracts/codec";
import type { RunParts } from "../run-parts.ts";
import { messageOf, systemCode } from "../system-error.ts";
import { syncDirectory, writeDocument, writeTemporary } from "./write-document.ts";

export const resultFile = "result.json";

export interface ResultTargets {
  readonly directory: string | null;
  /** `output_result_path`, absolute. */
  readonly outputPath: string | null;
  readonly durable: boolean;
}

/**
 * Writes a result to `output_result_path`, to the event log and, last, to `result.json`.
 * What cannot be written is said in metadata and in a warning event, and the caller gets the result all the same.
 */
export function recordResult(
  neutral: NeutralResult,
  version: ContractVersion,
  targets: ResultTargets,
  { log, redactor }: RunParts,
): AnyResult {
  let result = encodeResult(version, neutral);
  let written = write(result, targets);
  if (written.failures.length > 0) {
    const failures = written.failures.map((failure) => redactor.text(failure));
    for (const message of failures) log.append({ type: "warning", code: "result_not_written", message });
    result = withError(result, failures.join("; "));
    // Whoever reads the copy that could be written learns of the one that could not.
    written = write(result, targets);
  }
  log.announceOutput();
  log.append({ type: "finished", result });
  const failure = written.temporary === undefined ? undefined : publish(written.temporary, targets.durable);
  return failure === undefined ? result : withError(result, redactor.text(failure));
}

function withError(result: AnyResult, message: string): AnyResult {
  return { ...result, metadata: { ...result.metadata, [reserved.resultError]: message } };
}

interface Written {
  readonly failures: readonly string[];
  /** What is to be renamed to `result.json`; undefined where it could not be written, or there is no directory. */
  readonly temporary: string | undefined;
}

function write(result: AnyResult, { directory, outputPath, durable }: ResultTargets): Written {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  const failures: string[] = [];
  const attempt = (path: string, act: () => void): boolean => {
    try {
      act();
      return true;
    } catch (error) {
      failures.push(`the result could not be written to ${path}: ${messageOf(error)}`);
      return false;
    }
  };
  const temporary = directory === null ? undefined : `${directory}${sep}${resultFile}.tmp`;
  const kept =
    temporary !== undefined &&
    attempt(temporary, () => writeTemporary(temporary, text, { durable, mode: 0o600 }));
  if (outputPath !== null)
    attempt(outputPath, () => writeDocument(outputPath, text, { durable, mode: 0o666 }));
  return { failures, temporary: kept ? temporary : undefined };
}

/** Writes `result.json` alone. Throws where it cannot be written. */
export function writeResultFile(directory: string, result: AnyResult, durable: boolean): void {
  const { temporary, failures } = write(result, { directory, outputPath: null, durable });
  const failure = temporary === undefined ? failures[0] : publish(temporary, durable);
  if (failure !== undefined) throw new Error(failure);
}

/** Gives `result.json` its name. Returns why it could not. */
function publish(temporary: string, durable: boolean): string | undefined {
  const directory = dirname(temporary);
  try {
    replace(temporary, join(directory, resultFile));
    if (durable) syncDirectory(directory);
    return undefined;
  } catch (error) {
    return `${resultFile} could not be written: ${messageOf(error)}`;
  }
}

/** A run may have made a directory of that name. */
function replace(temporary: string, path: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    if (systemCode(error) !== "EISDIR") throw error;
    rmSync(path, { recursive: true });
    renameSync(temporary, path);
  }
}
