import { writeFileSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  joinIssues,
  outcomeProblem,
  type Invocation,
  type Json,
  type Outcome,
  type RuntimeRunner,
  type TerminalStatus,
} from "@xrt/contracts";
import { deepFreeze } from "../context/deep-freeze.ts";
import { createTestContext, type TestContext, type TestContextOptions } from "../context/test-context.ts";
import { createTestInvocation } from "../context/test-invocation.ts";
import { Cleanups } from "../cleanups.ts";
import { ConformanceFailure, messageOf, resultIn, within } from "../failure.ts";
import type { Content, Given, Place, Scenario } from "../fixtures.ts";
import { parseMetadata } from "./parse-metadata.ts";

/** How a run ended, as core would see it. */
export interface Ending {
  readonly status: TerminalStatus;
  /** What the runner returned; undefined where it threw. */
  readonly outcome: Outcome | undefined;
  /** What is wrong with what it returned. */
  readonly problem: string | undefined;
  readonly thrown: unknown;
}

export interface TrialOptions extends Pick<
  TestContextOptions<unknown>,
  "timeoutMs" | "graceMs" | "directory" | "onCheckpoint"
> {
  /** Hands the scenario's `input` in: as the caller's own, or as a payload file. */
  readonly inputFrom?: "caller" | "file";
  /** Stopped before the runner is called. */
  readonly stoppedBy?: "deadline" | "cancelled";
  /** Instead of one made of the scenario. */
  readonly invocation?: Invocation;
  /** Calls `recover` with it instead of `run`. */
  readonly recover?: Json;
  /** Default true; false finds what a frozen invocation hides by not taking it. */
  readonly frozen?: boolean;
}

/** One run of a runner, without core. Disposing stops it and clears its files away. */
export interface Trial<S extends Scenario = Scenario> extends AsyncDisposable {
  readonly scenario: S;
  readonly invocation: Invocation;
  /** A copy of the invocation from before the run. */
  readonly asked: Invocation;
  readonly context: TestContext<unknown>;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
}

/** Makes the place, asks the fixture, parses the metadata and calls the runner. */
export async function startTrial<S extends Scenario>(
  runner: RuntimeRunner,
  kind: string,
  given: Given<S>,
  options: TrialOptions = {},
): Promise<Trial<S>> {
  const cleanups = new Cleanups();
  try {
    const { scenario, place } = await setScene(given, cleanups);
    const input = handIn(scenario, place, options.inputFrom);
    const invocation = options.invocation ?? invocationOf(scenario, kind, place, input.inputPath, options);
    const config = await configOf(runner, invocation);
    const context = await createTestContext<unknown>({ ...options, ...input, config });
    cleanups.defer(() => context[Symbol.asyncDispose]());
    if (options.stoppedBy !== undefined) context.abort(options.stoppedBy);
    const asked = structuredClone(invocation);
    const ended = call(runner, invocation, context, options.recover);
    cleanups.defer(() => letGo(ended, context));
    return {
      scenario,
      invocation,
      asked,
      context,
      ended,
      [Symbol.asyncDispose]: () => cleanups[Symbol.asyncDispose](),
    };
  } catch (error) {
    await cleanups[Symbol.asyncDispose]();
    throw error;
  }
}

/** A place, and what the fixture makes of it. */
export async function setScene<S extends Scenario>(
  given: Given<S>,
  cleanups: Cleanups,
): Promise<{ scenario: S; place: Place }> {
  const directory = await mkdtemp(join(await realpath(tmpdir()), "xrt-work-"));
  cleanups.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const place: Place = { directory, defer: (cleanup) => cleanups.defer(cleanup) };
  return { scenario: typeof given === "function" ? await given(place) : given, place };
}

async function configOf(runner: RuntimeRunner, { metadata }: Invocation): Promise<unknown> {
  const parsed = await parseMetadata(runner, metadata);
  if ("value" in parsed) return parsed.value;
  throw new ConformanceFailure(`the schema refuses the fixture's metadata: ${joinIssues(parsed.issues)}`);
}

/** The scenario's input, in one of the two ways that a run may get it. */
function handIn(
  scenario: Scenario & { readonly input?: Content },
  { directory }: Place,
  from: TrialOptions["inputFrom"],
): { input?: Content; inputPath?: string } {
  const { input } = scenario;
  if (from === undefined || input === undefined) return {};
  if (from === "caller") return { input };
  const inputPath = join(directory, "input");
  writeFileSync(inputPath, input);
  return { inputPath };
}

function invocationOf(
  scenario: Scenario,
  kind: string,
  { directory }: Place,
  inputPath: string | undefined,
  { timeoutMs, frozen = true }: TrialOptions,
): Invocation {
  const { command, environment, metadata, limits, runtime_name } = scenario;
  const invocation = createTestInvocation({
    runtime_kind: kind as Invocation["runtime_kind"],
    working_directory: directory,
    timeout_seconds: timeoutMs === undefined ? null : timeoutMs / 1000,
    input_payload_path: inputPath ?? null,
    ...(command && { command }),
    ...(environment && { environment }),
    ...(metadata && { metadata }),
    ...(limits && { limits }),
    ...(runtime_name !== undefined && { runtime_name }),
  });
  return frozen ? deepFreeze(invocation) : structuredClone(invocation);
}

async function call(
  runner: RuntimeRunner,
  invocation: Invocation,
  context: TestContext<unknown>,
  state: Json | undefined,
): Promise<Ending> {
  try {
    const outcome =
      state === undefined
        ? await runner.run(invocation, context)
        : await runner.recover?.(invocation, state, context);
    const problem = outcomeProblem(outcome);
    return {
      status: problem === undefined && outcome ? outcome.status : "failed",
      outcome,
      problem,
      thrown: undefined,
    };
  } catch (error) {
    return { status: statusOf(context.signal), outcome: undefined, problem: undefined, thrown: error };
  } finally {
    context.end();
  }
}

/** What a throw means. */
function statusOf(signal: AbortSignal): TerminalStatus {
  if (!signal.aborted) return "failed";
  return (signal.reason as Error).name === "TimeoutError" ? "timed_out" : "cancelled";
}

/** Milliseconds for a run that nobody waits for any more. */
const lastWaitMs = 2000;

async function letGo(ended: Promise<Ending>, context: TestContext<unknown>): Promise<void> {
  context.force();
  context.end();
  await resultIn(lastWaitMs, ended);
}

/** How it ended, if it does in time. `when` completes "the run did not end …". */
export function endOf({ ended }: Trial, ms: number, when: string): Promise<Ending> {
  return within(ms, `the run did not end ${when}`, ended);
}

/** An ending, for a message: `failed (no such file)`. */
export function showEnding({ status, outcome, problem, thrown }: Ending): string {
  const detail = problem ?? outcome?.error?.message ?? (thrown === undefined ? undefined : messageOf(thrown));
  return detail === undefined ? status : `${status} (${detail})`;
}
