import { resolve } from "node:path";
import type { AnyResult, Invocation, Outcome, RunEvent } from "@xrt/contracts";
import type { DecodedInvocation, NeutralResult } from "@xrt/contracts/codec";
import type { RuntimeStatus } from "@xrt/contracts/v0.1";
import { RunClock } from "./clock.ts";
import { startTimer } from "./stop/deadline.ts";
import { describeRun, identityOf, wholeMicroseconds } from "./record/describe-run.ts";
import { guardListener } from "./events/event-listener.ts";
import { EventLog } from "./events/event-log.ts";
import { releaseInput } from "./prepare/input.ts";
import { pollIntervalMs } from "./output/output-progress.ts";
import { prepareRun, type Host, type PreparedRun } from "./prepare/prepare-run.ts";
import { OutputLimits } from "./stop/output-limits.ts";
import { readEvents } from "./events/read-events.ts";
import { readRunOutput } from "./output/read-run-output.ts";
import { recordResult } from "./record/record-result.ts";
import { Redactor } from "./record/redactor.ts";
import { Rejection } from "./prepare/rejection.ts";
import type { RunParts } from "./run-parts.ts";
import type { RunSource } from "./run-source.ts";
import { runnerContext } from "./supervise/runner-context.ts";
import type { OutputOptions, Run } from "./run.ts";
import type { RunOptions } from "./runtime-options.ts";
import { settleRun } from "./supervise/settle-run.ts";
import { splitLines } from "./output/split-lines.ts";
import {
  callerRequest,
  cancelRequest,
  deadlineRequest,
  StopControl,
  type StopRequest,
} from "./stop/stop-control.ts";
import type { Stoppable } from "./stop/stop-signals.ts";
import { classify, messageOf } from "./system-error.ts";

const defaultGraceMs = 5000;

/** How a run that another supervisor began is gone on with. */
export interface Takeover {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  prepare(parts: RunParts): PreparedRun;
}

/** A run of this process, from its preparation (in the constructor) to its result. */
export class LiveRun implements Run, Stoppable {
  readonly id: string;
  readonly directory: string | null;
  readonly result: Promise<AnyResult>;
  readonly #decoded: DecodedInvocation;
  readonly #options: RunOptions;
  readonly #host: Host;
  readonly #parts: RunParts;
  readonly #prepared: PreparedRun | Rejection;
  /** Resolved at the start: the host may change its working directory meanwhile. */
  readonly #outputPath: string | null;
  readonly #stop: StopControl;
  readonly #limits: OutputLimits | undefined;
  readonly #source: RunSource;
  #status: RuntimeStatus = "running";

  /** With `takeover`, the run is one that another supervisor began; then it throws what its preparation throws. */
  constructor(decoded: DecodedInvocation, options: RunOptions, host: Host, takeover?: Takeover) {
    const clock = new RunClock(takeover?.startedAt);
    const log = new EventLog(decoded.invocation.invocation_id, clock, guardListener(options.onEvent));
    this.#parts = { clock, log, redactor: new Redactor() };
    this.#decoded = decoded;
    const path = decoded.invocation.output_result_path;
    this.#outputPath = path === null || path === "" ? null : resolve(path);
    this.#options = options;
    this.#host = host;
    this.#prepared = takeover?.prepare(this.#parts) ?? prepare(decoded, options, host, this.#parts);
    const prepared = this.#files;
    this.id = prepared?.directory.name ?? decoded.invocation.invocation_id;
    this.directory = prepared?.directory.path ?? null;
    const graceMs = Math.min(prepared?.runner.graceMs ?? defaultGraceMs, host.options.maxGraceMs ?? Infinity);
    this.#stop = new StopControl(graceMs, (request, grace_ms) => this.#announceStop(request, grace_ms));
    this.#limits =
      prepared && new OutputLimits(prepared.invocation, [prepared.stdout, prepared.stderr], this.#stop);
    this.#source = {
      ended: () => log.ended,
      wait: () => log.changes.next(pollIntervalMs),
      open: async (path) =>
        [prepared?.stdout, prepared?.stderr].find((file) => file?.path === path)?.openForReading(),
    };
    this.result = this.#execute();
  }

  get status(): RuntimeStatus {
    return this.#status;
  }

  get ended(): Promise<unknown> {
    return this.result;
  }

  get events(): AsyncIterable<RunEvent> {
    const { log } = this.#parts;
    return { [Symbol.asyncIterator]: () => readEvents(this.directory, this.#source, () => log.remaining()) };
  }

  output(stream: "stdout" | "stderr" = "stdout", options: OutputOptions = {}): ReadableStream<Uint8Array> {
    return readRunOutput(this.directory, stream, options, this.#source);
  }

  lines(stream: "stdout" | "stderr" = "stdout"): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => splitLines(this.output(stream)) };
  }

  cancel(reason = "the caller asked for it"): Promise<AnyResult> {
    this.requestCancel(reason);
    return this.result;
  }

  requestCancel(reason: string): void {
    this.#stop.stop(cancelRequest("cancelled", reason));
  }

  stopForSignal(signal: NodeJS.Signals): void {
    this.#stop.stop(cancelRequest("supervisor", `the supervisor got ${signal}`));
  }

  forceStop(): void {
    this.#stop.force();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel("the run was disposed of");
  }

  async #execute(): Promise<AnyResult> {
    // The handle is in the caller's hands before the runner, or a listener, hears of the run.
    await Promise.resolve();
    let result: AnyResult;
    try {
      this.#parts.log.begin();
      const outcome = await this.#settle();
      this.#stop.release();
      result = await this.#finish(outcome);
    } catch (error) {
      result = this.#broken(error);
    }
    this.#status = result.status;
    this.#parts.log.end(this.#durable);
    return result;
  }

  async #settle(): Promise<Outcome> {
    try {
      const prepared = this.#prepared;
      if (prepared instanceof Rejection) return { status: prepared.status, error: prepared.runError };
      return await this.#call(prepared);
    } finally {
      releaseInput(this.#options.input);
    }
  }

  async #call(prepared: PreparedRun): Promise<Outcome> {
    const { signal, input } = this.#options;
    const onAbort = (): void => this.#stop.stop(callerRequest(signal?.reason));
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
    const callOff = this.#startDeadline(prepared);
    const stopWatching = this.#limits?.watch();
    try {
      const context = runnerContext(prepared, this.#parts, this.#stop, { input, durable: this.#durable });
      return await settleRun(prepared, this.#stop, context);
    } finally {
      callOff();
      stopWatching?.();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #startDeadline({ timeoutSeconds, deadlineMs, invocation }: PreparedRun): () => void {
    if (timeoutSeconds === null) return () => undefined;
    const left = deadlineMs - this.#parts.clock.elapsedMs();
    return startTimer(left, () => this.#stop.stop(deadlineRequest(invocation.runtime_kind, timeoutSeconds)));
  }

  #announceStop({ cause, reason }: StopRequest, grace_ms: number): void {
    // A run that was never accepted has nothing to stop.
    if (this.#prepared instanceof Rejection) return;
    const { log, redactor } = this.#parts;
    log.append({ type: "stopping", cause, reason: redactor.text(reason.message), grace_ms });
  }

  async #finish(outcome: Outcome): Promise<AnyResult> {
    const files = this.#files;
    for (const written of [files?.stdout.seal(), files?.stderr.seal()]) {
      // Each wait costs a turn, and in most runs there is none.
      if (written !== undefined) await written;
    }
    const judged = this.#limits?.judge(outcome) ?? outcome;
    const neutral = await describeRun(this.#invocation, files, judged, this.#parts);
    this.#closeOutput();
    return this.#record(neutral);
  }

  /** Before the result is written: a file that cannot be made durable is told in the events. */
  #closeOutput(): void {
    for (const file of [this.#files?.stdout, this.#files?.stderr]) {
      try {
        file?.close(this.#durable);
      } catch (error) {
        const message = `${file?.path} may not survive a power loss: ${messageOf(error)}`;
        this.#parts.log.append({ type: "warning", code: "output_not_durable", message });
      }
    }
  }

  #record(neutral: NeutralResult): AnyResult {
    const targets = { directory: this.directory, outputPath: this.#outputPath, durable: this.#durable };
    return recordResult(neutral, this.#decoded.version, targets, this.#parts);
  }

  /** The caller gets a result also where describing the run failed. */
  #broken(error: unknown): AnyResult {
    const { clock, redactor } = this.#parts;
    const message = `the run could not be completed: ${redactor.text(messageOf(error))}`;
    this.#closeOutput();
    return this.#record({
      ...identityOf(this.#invocation),
      status: "failed",
      exit_code: null,
      signal: null,
      started_at: clock.timeAt(0),
      finished_at: clock.timeAt(),
      run_directory: this.directory,
      stdout_path: this.#files?.stdout.path ?? null,
      stderr_path: this.#files?.stderr.path ?? null,
      error: { ...classify(error, "runner_error"), message },
      usage: { wall_ms: wholeMicroseconds(clock.elapsedMs()) },
      artifacts: [],
      metadata: {},
    });
  }

  get #files(): PreparedRun | undefined {
    return this.#prepared instanceof Rejection ? undefined : this.#prepared;
  }

  get #invocation(): Invocation {
    return this.#files?.invocation ?? this.#decoded.invocation;
  }

  get #durable(): boolean {
    return this.#host.options.durable === true;
  }
}

function prepare(
  decoded: DecodedInvocation,
  options: RunOptions,
  host: Host,
  parts: RunParts,
): PreparedRun | Rejection {
  try {
    return prepareRun(decoded, options, host, parts);
  } catch (error) {
    if (error instanceof Rejection) return error;
    if ((error as { syscall?: unknown }).syscall === "uv_cwd")
      return new Rejection("directory_missing", noDirectory);
    // A runner's schema or the host's isSecret threw, say; and a run only ever throws for what is no document.
    const message = `the run could not be prepared: ${messageOf(error)}`;
    return new Rejection("runner_error", message, { status: "failed" });
  }
}

const noDirectory =
  "the supervisor's own working directory is gone, and the invocation has relative paths; make them absolute, or change to a directory that exists";
