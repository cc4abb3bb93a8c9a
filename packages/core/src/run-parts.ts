import type { RunClock } from "./clock.ts";
import type { EventLog } from "./events/event-log.ts";
import type { Redactor } from "./record/redactor.ts";

/** What every step of a run tells the time by, and writes to. */
export interface RunParts {
  readonly clock: RunClock;
  readonly log: EventLog;
  readonly redactor: Redactor;
}
