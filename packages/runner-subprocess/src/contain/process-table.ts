import { openSync, readFileSync, readSync } from "node:fs";
import { holdSpareDescriptor, isExhausted, withDescriptor } from "./spare-descriptor.ts";

/** One line of the process table: `/proc/<pid>/stat`, proc(5). */
export interface ProcessStatus {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks after boot. With it a process is told from another that got its id later. */
  readonly start: string;
}

/** Undefined for a process that is gone, or hidden from us. */
export function statusOf(pid: number): ProcessStatus | undefined {
  const text = readOrUndefined(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStatus(text);
}

/** A program's name may itself hold spaces and parentheses: the fields follow the last one. */
export function parseStatus(text: string): ProcessStatus {
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 2).split(" ", 20);
  const [state = "", parent, group, session] = fields;
  return {
    pid: Number.parseInt(text, 10),
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    start: fields[19] ?? "",
  };
}

/** A dead process that nobody has waited for holds nothing, and where process 1 does not wait it stays for ever. */
export function isAlive({ state }: ProcessStatus): boolean {
  return state !== "Z" && state !== "X";
}

let loadAverages: number | undefined;

/** Opens what every search reads, and a spare descriptor for the rest. Throws where there is none even for these. */
export function prepareSearches(): void {
  loadAverages ??= openSync("/proc/loadavg", "r");
  holdSpareDescriptor();
}

const line = Buffer.alloc(128);

/** The id that was given out last, to a process or a thread; ids go up until the highest, then begin anew. */
export function newestId(): number {
  // Opened once: this is asked after every run.
  loadAverages ??= openSync("/proc/loadavg", "r");
  const text = line.toString("latin1", 0, readSync(loadAverages, line, 0, line.length, 0));
  return Number(text.slice(text.lastIndexOf(" ") + 1));
}

/** Whether the process was started with this in its environment; false also where that is not for us to read. */
export function hasInEnvironment(pid: number, entry: string): boolean {
  const text = readOrUndefined(`/proc/${pid}/environ`);
  return text !== undefined && `\0${text}`.includes(`\0${entry}\0`);
}

/** Processes come and go while we look, and their absence is an answer; that we cannot look is none, and is thrown. */
function readOrUndefined(file: string): string | undefined {
  // An error's stack would cost more than the call.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return withDescriptor(() => readFileSync(file, "latin1"));
  } catch (error) {
    if (isExhausted(error)) throw error;
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
