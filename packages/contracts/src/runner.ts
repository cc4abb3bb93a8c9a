import type { Invocation } from "./invocation.ts";
import type { Json } from "./json.ts";
import type { Outcome } from "./outcome.ts";
import type { RunContext } from "./run-context.ts";
import type { StandardSchema } from "./standard-schema.ts";

/**
 * The version of the interface in this file. Core takes its own major and no higher minor. A runner states the version
 * that it was written for as a literal: this one moves with the installed package.
 */
export const interfaceVersion = "1.0";

/** What executes one or more runtime kinds. Core owns time, identity, files and the result; a runner owns mechanics. */
// oxlint-disable-next-line typescript/no-explicit-any -- a registry holds runners of any configuration
export interface RuntimeRunner<C = any> {
  /** The version it was written for. Core refuses another major, and a minor above its own. */
  readonly interfaceVersion: `1.${number}`;
  /**
   * Fields newer than v0.1 that it honours, by wire path: `limits.memory_bytes`. An invocation that sets another one is
   * `rejected` before `run`. `limits.output_bytes` and `limits.idle_seconds` are core's own and need not be listed.
   */
  readonly supports?: readonly string[];
  /**
   * Metadata keys that start with `prefix` (`"subprocess."`, with the dot) are handed to `schema` before `run`,
   * as one object of strings whose keys have lost the prefix. Its issues come in one `rejected`:
   * the first 100, and the number of the rest. Over 1000 keys are `rejected` before the schema is asked.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- any input type fits: core hands it strings
  readonly metadata?: { readonly prefix: string; readonly schema: StandardSchema<any, C> };
  /** Milliseconds that a stop may take (default 5000), capped by the runtime's `maxGraceMs`. */
  readonly graceMs?: number;
  /** Seconds; core applies it where neither the invocation nor the runtime gives a limit. */
  readonly defaultTimeoutSeconds?: number;
  /** Does the work and says how it ended. A throw is `failed`, or the abort's status once `signal` is aborted. */
  run(invocation: Invocation, context: RunContext<C>): Promise<Outcome>;
  /**
   * The supervisor died (`state`: the last checkpoint, or null): re-attach or clear away, and say how it ended. Where the
   * invocation or the state held a secret, `redacted` stands now. Both were kept where the run's own program can write: kill
   * nothing on their word alone. The deadline is the run's own, or the runner's grace where less is left; `rejected` becomes `failed`.
   */
  recover?(invocation: Invocation, state: Json, context: RunContext<C>): Promise<Outcome>;
  /** Called once, by the runtime that it was given to, after its last run. */
  close?(): Promise<void>;
}

/** A runner package's default export; `options` validates its entry in a configuration. */
// oxlint-disable-next-line typescript/no-explicit-any -- a loader holds packages of any options
export interface RunnerPackage<O = any> {
  readonly kinds: readonly string[];
  // oxlint-disable-next-line typescript/no-explicit-any -- any input type fits: it comes from a file
  readonly options?: StandardSchema<any, O>;
  create(
    options: O,
  ): Readonly<Record<string, RuntimeRunner>> | Promise<Readonly<Record<string, RuntimeRunner>>>;
}

/** Types a runner; returns it unchanged. */
export function defineRunner<C>(runner: RuntimeRunner<C>): RuntimeRunner<C> {
  return runner;
}

/** Types a runner package; returns it unchanged. */
export function defineRunnerPackage<O>(runnerPackage: RunnerPackage<O>): RunnerPackage<O> {
  return runnerPackage;
}
