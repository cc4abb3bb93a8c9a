import type { Run } from "@xrt/core";
import { open } from "node:fs/promises";
import { Failure } from "../failure.ts";
import { describeSystemError } from "../system-error.ts";
import { escapeInJson } from "../control-characters.ts";
import { openOutput } from "../output/open-output.ts";
import { ClosedOutput, type Output } from "../output/output.ts";

/** Where events go: a file, which is emptied, or standard output for `-`. Throws Failure where it cannot be written. */
export async function openEventsFile(target: string): Promise<Output> {
  if (target === "-") return openOutput(1);
  const describe = (error: unknown): Failure => {
    return new Failure(`cannot write events to ${target}: ${describeSystemError(error)}`, { cause: error });
  };
  try {
    const file = await open(target, "w");
    return {
      async write(chunk) {
        await file.appendFile(chunk).catch((error: unknown) => {
          throw describe(error);
        });
      },
    };
  } catch (error) {
    throw describe(error);
  }
}

/**
 * Writes every event of the run as one line of JSON, at the pace of the reader, who holds up nothing else.
 * Resolves with what broke it off, or null. The run goes on without a file; without a reader of stdout it is cancelled.
 */
export async function writeEvents(live: Run, target: Output): Promise<Error | null> {
  try {
    for await (const event of live.events) await target.write(`${escapeInJson(JSON.stringify(event))}\n`);
    return null;
  } catch (error) {
    if (error instanceof ClosedOutput) await live.cancel("nobody reads its events any more");
    if (error instanceof ClosedOutput || error instanceof Failure) return error;
    throw error;
  }
}
