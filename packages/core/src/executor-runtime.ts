import { resolve } from "node:path";
import {
  contractVersions,
  showValue,
  type AnyInvocation,
  type ResultOf,
  type RuntimeRunner,
} from "@xrt/contracts";
import { decodeInvocation } from "@xrt/contracts/codec";
import { cancelRequests } from "./stop/cancel-requests.ts";
import { exitGuard } from "./stop/exit-guard.ts";
import { checkOptions } from "./check-options.ts";
import { LiveRun } from "./live-run.ts";
import type { Host } from "./prepare/prepare-run.ts";
import { recoverRuns, type RecoverOptions } from "./recover/recover-runs.ts";
import type { Run } from "./run.ts";
import { RunnerRegistry } from "./runner-registry.ts";
import type { RunOptions, RuntimeOptions } from "./runtime-options.ts";
import { sharedStopSignals } from "./stop/stop-signals.ts";

/** Dispatches invocations to runners and gives each one normalized result. It has no runners but those it is given. */
export class ExecutorRuntime implements AsyncDisposable {
  readonly #options: RuntimeOptions;
  readonly #registry = new RunnerRegistry();
  readonly #live = new Set<LiveRun>();
  #closing: Promise<void> | undefined;

  /** Throws ERR_XRT_INCOMPATIBLE_RUNNER, and RangeError for an option that is not known or has no such value. */
  constructor(options: RuntimeOptions = {}) {
    checkOptions(options);
    this.#options = { ...options };
    for (const [kind, runner] of Object.entries(options.runners ?? {})) this.#registry.set(kind, runner);
  }

  /** Runs in flight keep the runner that they have. Throws ERR_XRT_INCOMPATIBLE_RUNNER. */
  register(kind: string, runner: RuntimeRunner): this {
    this.#registry.set(kind, runner);
    return this;
  }

  isRegistered(kind: string): boolean {
    return this.#registry.get(kind) !== undefined;
  }

  get kinds(): readonly string[] {
    return this.#registry.kinds;
  }

  /** The versions of the contract that it reads and answers in, oldest first. */
  get contractVersions(): readonly string[] {
    return contractVersions;
  }

  get active(): readonly Run[] {
    return [...this.#live];
  }

  /**
   * Runs an invocation to its end. Whatever happens there is in the result; it rejects only for input that is not a
   * contract document: ERR_XRT_INVALID_DOCUMENT or ERR_XRT_UNKNOWN_VERSION.
   */
  async run<I extends AnyInvocation>(invocation: I, options: RunOptions = {}): Promise<ResultOf<I>> {
    return this.start(invocation, options).result;
  }

  /** The same with a handle, at once. Throws where `run` rejects. */
  start<I extends AnyInvocation>(invocation: I, options: RunOptions = {}): Run<ResultOf<I>> {
    const decoded = decodeInvocation(invocation);
    const run = new LiveRun(decoded, options, this.#host);
    this.#enter(run);
    // Its version is that of the invocation, which types cannot follow through the codec.
    return run as Run as Run<ResultOf<I>>;
  }

  /**
   * Runs whose supervisor is gone and that have no result, each handed to its runner's `recover` when it is asked for.
   * `directory` is a run directory or a folder of such; default: `runsDirectory`. Throws TypeError without either, and while
   * it is iterated where the folder cannot be read or the runtime is closed.
   */
  recover(directory?: string, options: RecoverOptions = {}): AsyncIterable<Run> {
    const given = directory ?? this.#options.runsDirectory;
    if (typeof given !== "string" || given === "") {
      throw new TypeError(
        `recover(directory): expected a run directory or a folder of such, got ${showValue(given)}; this runtime has no runsDirectory to take instead`,
      );
    }
    const path = resolve(given);
    const recoverer = {
      host: () => this.#host,
      mayBeMissing: directory === undefined,
      enter: (run: LiveRun) => this.#enter(run),
    };
    return { [Symbol.asyncIterator]: () => recoverRuns(path, recoverer, options) };
  }

  /** Cancels what runs, waits for it, then closes each runner once; later runs are rejected. Rejects with what a runner's `close` threw. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#live].map((run) => run.cancel("the runtime was closed")));
    await this.#registry.close();
  }

  get #host(): Host {
    return { options: this.#options, registry: this.#registry, closed: this.#closing !== undefined };
  }

  #enter(run: LiveRun): void {
    void run.result.then(() => this.#leave(run));
    this.#live.add(run);
    cancelRequests.add(run);
    exitGuard.add(run);
    if (this.#options.handleSignals !== false) sharedStopSignals().add(run);
  }

  #leave(run: LiveRun): void {
    this.#live.delete(run);
    cancelRequests.delete(run);
    exitGuard.delete(run);
    sharedStopSignals().delete(run);
  }
}
