import { renameSync } from "node:fs";
import { join } from "node:path";
import type { AnyResult, ContractVersion } from "@xrt/contracts";
import { encodeResult, type NeutralResult } from "@xrt/contracts/codec";
import type { EventLog } from "./event-log.ts";
import { messageOf } from "./system-error.ts";
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
  log: EventLog,
): AnyResult {
  const writes = writesOf(targets);
  let result = encodeResult(version, neutral);
  const failures = attempt(writes, result);
  if (failures.length > 0) {
    for (const message of failures) log.append({ type: "warning", code: "result_not_written", message });
    result = encodeResult(version, {
      ...neutral,
      metadata: { ...neutral.metadata, "xrt.result_error": failures.join("; ") },
    });
    // Whoever reads the copy that could be written learns of the one that could not.
    attempt(writes, result);
  }
  log.announceOutput();
  log.append({ type: "finished", result });
  const failure = publish(targets);
  if (failure === undefined) return result;
  return { ...result, metadata: { ...result.metadata, "xrt.result_error": failure } };
}

type Write = (text: string) => void;

function writesOf({ directory, outputPath, durable }: ResultTargets): Write[] {
  const writes: Write[] = [];
  if (directory !== null) {
    const temporary = temporaryIn(directory);
    writes.push((text) => writeTemporary(temporary, text, { durable, mode: 0o600 }));
  }
  if (outputPath !== null) writes.push((text) => writeDocument(outputPath, text, { durable, mode: 0o666 }));
  return writes;
}

function attempt(writes: readonly Write[], result: AnyResult): string[] {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  return writes.flatMap((write) => {
    try {
      write(text);
      return [];
    } catch (error) {
      return [`the result could not be written: ${messageOf(error)}`];
    }
  });
}

/** Gives `result.json` its name. Returns why it could not. */
function publish({ directory, durable }: ResultTargets): string | undefined {
  if (directory === null) return undefined;
  try {
    renameSync(temporaryIn(directory), join(directory, resultFile));
    if (durable) syncDirectory(directory);
    return undefined;
  } catch (error) {
    return `${resultFile} could not be written: ${messageOf(error)}`;
  }
}

function temporaryIn(directory: string): string {
  return join(directory, `${resultFile}.tmp`);
}
