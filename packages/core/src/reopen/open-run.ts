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
import { isIdentity } from "../stop/supervisor-identity.ts";
import { messageOf } from "../system-error.ts";

/**
 * A run as its directory tells it, of whichever process. Where its supervisor died before the end, `result` is `failed`
 * with `supervisor_died`. Rejects with ERR_XRT_INVALID_DOCUMENT for what is not a run directory.
 */
export async function openRun(directory: string): Promise<RunRecord> {
  const path = resolve(directory);
  return new RecordedRun(path, await readBeginning(path));
}

/**
 * What the first lines of a run's events tell. Rejects with ERR_XRT_INVALID_DOCUMENT for what is not a run directory;
 * `attempts`: how often a record that is still being begun is looked at.
 */
export async function readBeginning(directory: string, attempts = 50): Promise<Beginning> {
  const tail = await openEvents(directory);
  try {
    return beginningOf(directory, await firstLines(tail, attempts));
  } finally {
    await tail.close();
  }
}

/** Of the first lines of `events.ndjson`. Throws ERR_XRT_INVALID_DOCUMENT. */
export function beginningOf(directory: string, lines: readonly string[]): Beginning {
  const decoded = decodeFirst(directory, lines[0] ?? "");
  const accepted = lines
    .slice(0, 2)
    .map(parseEvent)
    .find((event) => event?.type === "accepted");
  const { time, deadline, supervisor } = accepted?.type === "accepted" ? accepted : {};
  // The run's own program may have written anything there.
  return {
    decoded,
    startedAt: isTime(time) ? time : new Date(0).toISOString(),
    deadline: isTime(deadline) ? deadline : null,
    supervisor: isIdentity(supervisor) ? supervisor : null,
  };
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

/** Rejects with ERR_XRT_INVALID_DOCUMENT where there is no such file. */
export async function openEvents(directory: string): Promise<LineTail> {
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
async function firstLines(tail: LineTail, attempts: number): Promise<string[]> {
  const lines: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    lines.push(...(await tail.next()));
    if (lines.length >= 2 || attempt >= attempts) break;
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
