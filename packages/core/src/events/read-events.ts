import { join } from "node:path";
import type { RunEvent } from "@xrt/contracts";
import { eventsFile } from "./event-log.ts";
import { LineTail } from "./line-tail.ts";
import { OutputProgress } from "../output/output-progress.ts";
import type { RunSource } from "../run-source.ts";

/**
 * A run's events from its directory, from the first to `finished`, with output told as it grows. Each reader reads the
 * file itself: a slow one costs nothing, and a late one misses nothing. `remaining` is what the file may lack.
 */
export async function* readEvents(
  directory: string | null,
  source: RunSource,
  remaining: () => Iterable<RunEvent>,
): AsyncGenerator<RunEvent> {
  const tail = directory === null ? undefined : await LineTail.openIfThere(join(directory, eventsFile));
  const progress = directory === null ? undefined : new OutputProgress(directory);
  let latest: RunEvent | undefined;
  try {
    for (;;) {
      const last = source.ended();
      const lines = (await tail?.next()) ?? [];
      for (const line of lines) {
        const event = parseEvent(line);
        if (event === undefined) continue;
        if (event.type === "finished") yield* output(progress, latest);
        latest = event;
        yield event;
        if (event.type === "finished") return;
      }
      yield* output(progress, latest);
      if (last && lines.length === 0) break;
      if (lines.length === 0) await source.wait();
    }
  } finally {
    await tail?.close();
  }
  for (const event of remaining()) {
    if (latest === undefined || event.seq > latest.seq) yield event;
  }
}

/** New output as events, which carry the number of the event before them: they are not kept. */
function* output(progress: OutputProgress | undefined, latest: RunEvent | undefined): Generator<RunEvent> {
  if (progress === undefined || latest === undefined) return;
  const { event_version, seq, invocation_id } = latest;
  for (const news of progress.news()) {
    yield { event_version, seq, time: new Date().toISOString(), invocation_id, ...news };
  }
}

/** Undefined for what is no event: the first line, which is the invocation, and a line torn by a full disk. */
export function parseEvent(line: string): RunEvent | undefined {
  try {
    const value = JSON.parse(line) as { event_version?: unknown };
    return value.event_version === 1 ? (value as RunEvent) : undefined;
  } catch {
    return undefined;
  }
}
