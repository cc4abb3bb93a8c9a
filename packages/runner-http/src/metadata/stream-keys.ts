import { States } from "../states.ts";
import type { Findings } from "./key-table.ts";
import { readCount, reading, readList, readPath, readSeconds } from "./reading.ts";

/** How a stream of server-sent events is read. */
export interface StreamConfig {
  /** Names of the events that end it. */
  readonly terminalEvents: ReadonlySet<string>;
  /** Which of them mean success. */
  readonly successEvents: ReadonlySet<string>;
  /** The data that ends it, as a success: `[DONE]`. */
  readonly terminalData: string | null;
  /** Where in an event's data its state stands. */
  readonly statusPath: string | null;
  readonly states: States;
  /** Milliseconds without a byte after which the connection counts as dead. */
  readonly idleMs: number;
  /** Connections that may break in a row without an event in between. */
  readonly maxReconnects: number;
}

export const streamKeys = {
  sse_terminal_events: reading(readList),
  sse_success_events: reading(readList),
  sse_terminal_data: reading((text) => text),
  sse_status_path: reading(readPath),
  sse_terminal_states: reading(readList),
  sse_success_states: reading(readList),
  sse_idle_seconds: reading((text) => readSeconds(0.001, text)),
  sse_max_reconnects: reading((text) => readCount(0, text)),
};

const defaultIdleMs = 60_000;
const defaultReconnects = 5;

/** Names that mean a failure where nothing else is said. */
const failureName = /(^|[._-])(error|failed|failure|cancelled|canceled|aborted|incomplete)$/i;

/** `polled`: what `http_async` has for its polls, which holds for its stream too. */
export function streamConfig(
  { given }: Pick<Findings<typeof streamKeys>, "given">,
  polled?: { readonly statusPath: string | null; readonly states: States },
): StreamConfig {
  const terminalEvents = new Set([...(given.sse_terminal_events ?? []), ...(given.sse_success_events ?? [])]);
  const states =
    given.sse_terminal_states === undefined && polled !== undefined
      ? polled.states
      : new States(
          [...(given.sse_terminal_states ?? []), ...(given.sse_success_states ?? [])],
          given.sse_success_states ?? ["completed"],
          new Map(),
        );
  return {
    terminalEvents,
    successEvents: new Set(
      given.sse_success_events ?? [...terminalEvents].filter((name) => !failureName.test(name)),
    ),
    terminalData: given.sse_terminal_data ?? null,
    statusPath: given.sse_status_path ?? polled?.statusPath ?? null,
    states,
    idleMs: given.sse_idle_seconds ?? defaultIdleMs,
    maxReconnects: given.sse_max_reconnects ?? defaultReconnects,
  };
}

/** Whether anything in a stream can end it: without, a clean end would be all there is, and that is never a success. */
export function canEnd({ terminalEvents, terminalData, statusPath, states }: StreamConfig): boolean {
  return terminalEvents.size > 0 || terminalData !== null || (statusPath !== null && states.canSucceed);
}
