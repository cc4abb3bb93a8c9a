import { textAt } from "./json-path.ts";
import type { StreamConfig } from "./metadata/stream-keys.ts";
import { parseJson } from "./read-json.ts";
import type { ServerSentEvent } from "./sse-events.ts";
import type { Meaning } from "./states.ts";

/** The end of a run, as an event told it. */
export interface StreamEnd {
  readonly meaning: Exclude<Meaning, "pending">;
  /** The state, or the event's name. */
  readonly state: string;
  readonly event: ServerSentEvent;
}

/** The end that an event tells, or undefined where the run goes on. */
export function judgeEvent(event: ServerSentEvent, config: StreamConfig): StreamEnd | undefined {
  if (config.terminalData !== null && event.data === config.terminalData) {
    return { meaning: "succeeded", state: event.data, event };
  }
  if (config.statusPath !== null) {
    const state = textAt(parseJson(event.data)?.value, config.statusPath);
    const meaning = state === undefined ? "pending" : config.states.meaningOf(state);
    if (state !== undefined && meaning !== "pending") return { meaning, state, event };
  }
  if (!config.terminalEvents.has(event.event)) return undefined;
  if (config.successEvents.has(event.event)) return { meaning: "succeeded", state: event.event, event };
  const cancelled = /cancell?ed$/i.test(event.event);
  return { meaning: cancelled ? "cancelled" : "failed", state: event.event, event };
}
