import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { showValue } from "@xrt/contracts";
import { demand } from "../failure.ts";
import type { Content } from "../fixtures.ts";
import type { Ending, Trial } from "../trial/trial.ts";

/** Throws unless the bytes are those that were expected. */
export function requireContent(what: string, found: Uint8Array, expected: Content): void {
  const wanted = Buffer.from(expected as Uint8Array);
  demand(
    wanted.equals(found),
    () => `${what}: expected ${showBytes(wanted)}, got ${showBytes(Buffer.from(found))}`,
  );
}

function showBytes(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  const same = Buffer.from(text, "utf8").equals(bytes);
  return `${bytes.byteLength} bytes ${same ? showValue(text) : `0x${bytes.subarray(0, 40).toString("hex")}`}`;
}

/** A stream as the result would show it: in the run's file, or where the outcome says that it is. */
export function outputOf(trial: Trial, { outcome }: Ending, stream: "stdout" | "stderr"): Uint8Array {
  const elsewhere = outcome?.[`${stream}_path`];
  if (elsewhere === undefined) return trial.context.output(stream);
  if (elsewhere === null) return Buffer.alloc(0);
  return readFileSync(resolve(trial.invocation.working_directory, elsewhere));
}
