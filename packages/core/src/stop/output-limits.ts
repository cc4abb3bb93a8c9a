import { isDeepStrictEqual } from "node:util";
import type { Invocation, Outcome } from "@xrt/contracts";
import { monotonicMs } from "../clock.ts";
import type { OutputFile } from "../output/output-file.ts";
import { pollIntervalMs } from "../output/output-progress.ts";
import { idleRequest, limitRequest, type StopControl } from "./stop-control.ts";

type Mark = ReturnType<OutputFile["mark"]>;

/** Milliseconds between two looks where only silence is watched for: a twentieth of it, and at most this. */
const longestIntervalMs = 1000;

/**
 * Keeps `limits.output_bytes` and `limits.idle_seconds` for every runner. A child writes to its files itself, so their
 * sizes are looked at from time to time; without a limit nothing is.
 */
export class OutputLimits {
  readonly #kind: string;
  readonly #files: readonly OutputFile[];
  readonly #stop: StopControl;
  readonly #mostBytes: number;
  readonly #idleSeconds: number;
  #marks: readonly Mark[] = [];
  #changedAt = 0;
  /** Bytes when the run was stopped for them. */
  #stoppedAt = Infinity;

  constructor({ runtime_kind, limits }: Invocation, files: readonly OutputFile[], stop: StopControl) {
    this.#kind = runtime_kind;
    this.#files = files;
    this.#stop = stop;
    this.#mostBytes = limits?.output_bytes ?? Infinity;
    this.#idleSeconds = limits?.idle_seconds ?? Infinity;
  }

  /** Begins to look. Returns what ends it. */
  watch(): () => void {
    if (this.#mostBytes === Infinity && this.#idleSeconds === Infinity) return () => undefined;
    this.#marks = this.#look();
    this.#changedAt = monotonicMs();
    const silence = Math.min(this.#idleSeconds * 50, longestIntervalMs);
    const interval = this.#mostBytes < Infinity ? pollIntervalMs : Math.max(silence, pollIntervalMs);
    const timer = setInterval(() => this.#check(), interval);
    return () => clearInterval(timer);
  }

  /**
   * The outcome, or that there was too much output: also of a run that ended by itself before anybody looked, so that the
   * same output ends the same way every time. Only once everything is in the files.
   */
  judge(outcome: Outcome): Outcome {
    const { request } = this.#stop;
    const isOver = request === undefined ? sum(this.#look()) > this.#mostBytes : request.cause === "limit";
    // What its runner left behind is worse, and says so.
    const isTold = outcome.status === "rejected" || outcome.error?.code === "runner_did_not_stop";
    if (!isOver || isTold) return outcome;
    const { reason } = limitRequest(this.#kind, this.#mostBytes);
    return { ...outcome, status: "failed", error: { code: "limit_exceeded", message: reason.message } };
  }

  #check(): void {
    const marks = this.#tryLook();
    // What cannot be seen is neither too much nor silence; the end looks once more.
    if (marks === undefined) return;
    if (!isDeepStrictEqual(marks, this.#marks)) this.#changedAt = monotonicMs();
    this.#marks = marks;
    const bytes = sum(marks);
    if (bytes > this.#mostBytes) this.#stopForBytes(bytes);
    // That comes first: while this process was held up, the run may have printed.
    const silentMs = monotonicMs() - this.#changedAt;
    if (silentMs >= this.#idleSeconds * 1000) this.#stop.stop(idleRequest(this.#kind, this.#idleSeconds));
  }

  #stopForBytes(bytes: number): void {
    if (this.#stop.request === undefined) {
      this.#stoppedAt = bytes;
      this.#stop.stop(limitRequest(this.#kind, this.#mostBytes));
    } else if (bytes - this.#stoppedAt > this.#mostBytes) {
      // A grace is for clearing away: a program that uses it to print as much again may fill the disk.
      this.#stop.force();
    }
  }

  /** Undefined where the file system does not answer (ESTALE, EIO): thrown in a timer, that would end the host. */
  #tryLook(): Mark[] | undefined {
    try {
      return this.#look();
    } catch {
      return undefined;
    }
  }

  #look(): Mark[] {
    return this.#files.map((file) => file.mark());
  }
}

function sum(marks: readonly Mark[]): number {
  return marks.reduce((total, { size }) => total + size, 0);
}
