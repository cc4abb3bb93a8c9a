import { closeSync, constants, fsyncSync, openSync } from "node:fs";
import { sep } from "node:path";
import type { CoreEvent, RunEvent, RunnerEvent } from "@xrt/contracts";
import { Changes } from "./changes.ts";
import type { RunClock } from "../clock.ts";
import type { EventListener } from "./event-listener.ts";
import { OutputProgress, pollIntervalMs } from "../output/output-progress.ts";
import { messageOf } from "../system-error.ts";
import { openForMore } from "./open-for-more.ts";
import { writeAll } from "../record/write-document.ts";

export const eventsFile = "events.ndjson";

/** A run's events: numbered, kept in `events.ndjson`, and handed to the caller's listener. Readers read the file. */
export class EventLog {
  readonly changes = new Changes();
  /** What is not in the file: everything where a run has no directory, the rest where a write failed. */
  readonly #unwritten: RunEvent[] = [];
  readonly #invocationId: string;
  readonly #clock: RunClock;
  readonly #listener: EventListener | undefined;
  #fd: number | undefined;
  /** What the listener will be told once `start` has returned; undefined from then on. */
  #held: RunEvent[] | undefined = [];
  #finished: RunEvent | undefined;
  #broken: { reason: unknown } | undefined;
  #sequence = -1;
  #ended = false;
  #progress: OutputProgress | undefined;
  #pump: NodeJS.Timeout | undefined;

  constructor(invocationId: string, clock: RunClock, listener: EventListener | undefined) {
    this.#invocationId = invocationId;
    this.#clock = clock;
    this.#listener = listener;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Begins the file in a run directory: its first line is the invocation, its second the event `accepted`. */
  open(directory: string, invocation: string, accepted: CoreEvent): void {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL;
    this.#fd = openSync(directory + sep + eventsFile, flags, 0o600);
    const opening = this.#envelope(accepted, 0);
    this.#sequence = 0;
    writeAll(this.#fd, `${invocation}\n${JSON.stringify(opening)}\n`);
    if (this.#listener === undefined) return;
    this.#tell(opening);
    this.#progress = new OutputProgress(directory);
    this.#pump = setInterval(() => this.announceOutput(), pollIntervalMs);
  }

  /** Goes on with the file of a run whose supervisor died; `sequence` is the number of its last event. */
  resume(directory: string, sequence: number): void {
    this.#fd = openForMore(directory + sep + eventsFile);
    this.#sequence = sequence;
  }

  /** Closes what `open` began, where the run cannot be prepared after all. */
  discard(): void {
    clearInterval(this.#pump);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#held = [];
    this.#sequence = -1;
  }

  /** Begins to tell the listener, which must not be called before `start` has returned. */
  begin(): void {
    // What a listener causes while it is told joins the end of the queue.
    for (const event of this.#held ?? []) this.#listener?.(event);
    this.#held = undefined;
  }

  /**
   * Appends an event. Returns why it could not be put on disk; it reaches readers all the same.
   * Throws TypeError for what JSON cannot carry, which leaves no trace.
   */
  append(body: CoreEvent | RunnerEvent, options: { sync?: boolean } = {}): { reason: unknown } | undefined {
    const event = this.#envelope(body, this.#sequence + 1);
    const line = `${JSON.stringify(event)}\n`;
    this.#sequence = event.seq;
    const failure = this.#keep(event, line, options.sync === true);
    if (event.type === "finished") this.#finished = event;
    this.#tell(event);
    this.changes.notify();
    return failure;
  }

  /** Output is not kept as events: such an event has the number of the one before it. */
  announceOutput(): void {
    for (const news of this.#progress?.news() ?? []) this.#tell(this.#envelope(news));
  }

  /** What a reader may not have found in the file; `finished` too, since the run may have deleted its own directory. */
  *remaining(): Generator<RunEvent> {
    yield* this.#unwritten;
    if (this.#finished !== undefined && !this.#unwritten.includes(this.#finished)) yield this.#finished;
  }

  /** After this nothing is appended. */
  end(durable: boolean): void {
    clearInterval(this.#pump);
    this.#ended = true;
    try {
      if (this.#fd !== undefined && durable) fsyncSync(this.#fd);
    } catch (error) {
      // The result is written, and no event can follow `finished`: a process warning is what is left.
      process.emitWarning(`${eventsFile} may not survive a power loss: ${messageOf(error)}`, {
        code: "XRT_DURABLE",
      });
    }
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.changes.notify();
  }

  #tell(event: RunEvent): void {
    if (this.#held === undefined) this.#listener?.(event);
    else this.#held.push(event);
  }

  #envelope(body: CoreEvent | RunnerEvent, seq = Math.max(this.#sequence, 0)): RunEvent {
    const envelope = {
      event_version: 1,
      seq,
      time: this.#clock.timeAt(),
      invocation_id: this.#invocationId,
    } as const;
    // Again at the end: what a runner emits may not pose as another run's, or out of order.
    return { ...envelope, ...body, ...envelope };
  }

  #keep(event: RunEvent, line: string, sync: boolean): { reason: unknown } | undefined {
    if (this.#fd !== undefined && this.#broken === undefined) {
      try {
        writeAll(this.#fd, line);
        if (sync) fsyncSync(this.#fd);
        return undefined;
      } catch (error) {
        // A line may be torn now: anything appended behind it would be unreadable, so the rest stays in memory.
        this.#broken = { reason: error };
      }
    }
    this.#unwritten.push(event);
    return this.#broken;
  }
}
