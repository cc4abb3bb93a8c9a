import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createXrtError } from "@xrt/contracts";
import { decodeInvocation, type DecodedInvocation } from "@xrt/contracts/codec";
import { eventsFile } from "../events/event-log.ts";
import { LineTail } from "../events/line-tail.ts";
import { LostRunFile } from "../output/open-regular-file.ts";
import { pollIntervalMs } from "../output/output-progress.ts";
import { parseEvent } from "../events/read-events.ts";
import { RecordedRun, type Beginning } from "./recorded-run.ts";
import type { RunRecord } from "../run.ts";
import { messageOf } from "../system-error.ts";

/**
 * A run as its directory tells it, of whichever process. Where its supervisor died before the end, `result` is `failed`
 * with `supervisor_died`. Rejects with ERR_XRT_INVALID_DOCUMENT for what is not a run directory.
 */
export async function openRun(directory: string): Promise<RunRecord> {
  const path = resolve(directory);
  return new RecordedRun(path, await readBeginning(path));
}

async function readBeginning(directory: string): Promise<Beginning> {
  const tail = await openEvents(directory);
  try {
    const lines = await firstLines(tail);
    const decoded = decodeFirst(directory, lines[0] ?? "");
    const accepted = lines.map(parseEvent).find((event) => event?.type === "accepted");
    return {
      decoded,
      startedAt: accepted?.time ?? new Date(0).toISOString(),
      supervisor: accepted?.type === "accepted" ? accepted.supervisor : null,
    };
  } finally {
    await tail.close();
  }
}

async function openEvents(directory: string): Promise<LineTail> {
  try {
    return await LineTail.open(join(directory, eventsFile));
  } catch (error) {
    if (!(error instanceof LostRunFile)) throw error;
    throw notARun(
      directory,
      error.replaced ? `its ${eventsFile} is not a regular file` : `it has no ${eventsFile}`,
    );
  }
}

/**
 * The first two lines. A runtime writes them in one go, so that a reader who comes in between has but a moment to wait;
 * where the second never comes, the runtime did not live to write it.
 */
async function firstLines(tail: LineTail): Promise<string[]> {
  const lines: string[] = [];
  for (let attempt = 0; attempt < 50; attempt += 1) {
    lines.push(...(await tail.next()));
    if (lines.length >= 2) break;
    await sleep(pollIntervalMs);
  }
  return lines;
}

function decodeFirst(directory: string, line: string): DecodedInvocation {
  try {
    return decodeInvocation(JSON.parse(line));
  } catch (error) {
    throw notARun(directory, `the first line of its ${eventsFile} is no invocation: ${messageOf(error)}`);
  }
}

function notARun(directory: string, why: string): Error {
  return createXrtError("ERR_XRT_INVALID_DOCUMENT", `${directory} is not a run directory: ${why}`);
}
