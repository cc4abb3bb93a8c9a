import type { AnyResult, Json, RunEvent } from "@xrt/contracts";
import { parseResult } from "@xrt/contracts/codec";
import { parseEvent } from "../events/read-events.ts";
import { beginningOf, openEvents } from "../reopen/open-run.ts";
import type { Beginning } from "../reopen/recorded-run.ts";

/** What `events.ndjson` tells whoever recovers a run. The run's own program may have written all of it. */
export interface RunRecording extends Beginning {
  /** The last checkpoint, or null. */
  readonly state: Json;
  /** The number of the last event. */
  readonly sequence: number;
  /** How the run ended, where its supervisor came to say so. */
  readonly finished: AnyResult | null;
  /** It ends within a line. */
  readonly torn: boolean;
}

/** Rejects with ERR_XRT_INVALID_DOCUMENT for what is not a run directory. */
export async function readRecord(directory: string): Promise<RunRecording> {
  const tail = await openEvents(directory);
  try {
    const head: string[] = [];
    let told: Told | undefined;
    for (;;) {
      const lines = await tail.next();
      if (lines.length === 0) break;
      if (head.length < 2) head.push(...lines.slice(0, 2));
      told ??= new Told(beginningOf(directory, head).decoded.invocation.invocation_id);
      for (const line of lines) told.add(line);
    }
    const { state = null, sequence = -1, finished = null } = told ?? {};
    return { ...beginningOf(directory, head), state, sequence, finished, torn: tail.torn };
  } finally {
    await tail.close();
  }
}

class Told {
  readonly #invocationId: string;
  state: Json = null;
  sequence = -1;
  finished: AnyResult | null = null;

  constructor(invocationId: string) {
    this.#invocationId = invocationId;
  }

  add(line: string): void {
    const event = parseEvent(line);
    if (event?.invocation_id !== this.#invocationId) return;
    // Ours have no gap: a number that jumps is not ours, and must not be gone on from.
    if (event.seq === this.sequence + 1) this.sequence = event.seq;
    if (event.type === "checkpoint") this.state = event.state ?? null;
    if (event.type === "finished") this.finished ??= resultIn(event, this.#invocationId);
  }
}

function resultIn(
  { result }: Extract<RunEvent, { type: "finished" }>,
  invocationId: string,
): AnyResult | null {
  const parsed = readResult(result);
  return parsed?.invocation_id === invocationId ? parsed : null;
}

/** Null for what is no result. */
export function readResult(value: unknown): AnyResult | null {
  try {
    const result = parseResult(value);
    return result.status === "pending" || result.status === "running" ? null : (result as AnyResult);
  } catch {
    return null;
  }
}
