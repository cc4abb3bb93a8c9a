import type { Writable } from "node:stream";
import type { ProcessStatus } from "../contain/process-table.ts";
import type { Command, ReadyCommand } from "./command.ts";
import type { Mark } from "./shell-order.ts";

/** A descriptor of ours, or `inherit` for the one of the same number, kept as it is; a pipe; or nothing. */
export type Stdio = number | "inherit" | "pipe" | "ignore";

/** An entry of spawn's own `stdio`. */
export function descriptor(entry: Stdio, n: number): number | "pipe" | "ignore" {
  return entry === "inherit" ? n : entry;
}

/** What the descriptors of a command are. */
export interface Descriptors {
  readonly stdin: Stdio;
  readonly stdout: Stdio;
  /** `stdout`: the same one. */
  readonly stderr: Stdio | "stdout";
}

/** One command, to be started by a shell. */
export interface StartRequest extends Descriptors {
  readonly command: ReadyCommand;
  readonly mark: Mark;
}

/** One command, to be started as it is. */
export interface PlainRequest extends Descriptors {
  readonly command: Command;
}

/** How the command came to its end. */
export interface CommandEnd {
  /** The exit status, or null when a signal ended it. */
  readonly code: number | null;
  /** Its name, or `SIGRTMIN+n`. */
  readonly signal: string | null;
  /** The command was never executed: why, where the system said. */
  readonly refused?: { readonly code: string | undefined; readonly retry: boolean };
}

/** A command on its way, whichever way it was started. */
export interface Started {
  /** The group's id: to be signalled from now on. */
  readonly group: number;
  /** The start of the group's first process (see `ProcessStatus.start`); null where the system does not tell. */
  readonly groupStart: string | null;
  /** What is in the group and is not the command's: the shell that started it. */
  readonly helper: number | null;
  /** The command's process; undefined when there never was one. */
  readonly leader: Promise<ProcessStatus | undefined> | ProcessStatus | undefined;
  /** What a shell says last on descriptor 2 when it could not execute the command; null: no shell would. */
  readonly refusal: string | null;
  readonly stdin: Writable | null;
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  /** The command's end; `onEnd` hears of it in the same turn. Not the end of its output: a grandchild may keep that. */
  onEnd(listener: (end: CommandEnd) => void): void;
  /** The run is over. `empty`: nothing of it is left in the group, which may serve another run. */
  release(empty: boolean): void;
}
