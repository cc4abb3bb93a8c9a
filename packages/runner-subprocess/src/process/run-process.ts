import path from "node:path";
import { fileURLToPath } from "node:url";
import { Containment } from "../contain/containment.ts";
import type { ContainmentOption } from "../contain/containment-option.ts";
import { newTag } from "../contain/run-tag.ts";
import { describeBadName, inheritEnvironment, type ChildEnvironment } from "../environment.ts";
import { seeThrough } from "../see-through.ts";
import type { InputReader } from "../standard-input.ts";
import { NotExecuted } from "../start/not-executed.ts";
import type { Stdio } from "../start/started.ts";
import { isTimeout } from "../stop-process.ts";
import { captureOutput } from "./captured-output.ts";
import { describeNotStarted, throwIfRefused } from "./not-started.ts";
import { resolveProcessOptions, type ProcessOptions, type ProcessOutput } from "./process-options.ts";

/** How a process ended, and what it wrote. */
export interface ProcessResult {
  /** It exited with 0, and was not stopped. */
  ok: boolean;
  /** Null when a signal ended it. */
  exitCode: number | null;
  /** `SIGKILL`, `SIGRTMIN+3`; null when none ended it. */
  signal: string | null;
  timedOut: boolean;
  cancelled: boolean;
  /** As UTF-8; empty where it was not captured. */
  stdout: string;
  stderr: string;
  /** Whether a stream was longer than `maxBytes`. */
  truncated: boolean;
  durationMs: number;
}

/**
 * Runs a command with the safety of a run, for those who want no contract: when the promise settles, nothing that it
 * started is alive, and nothing outlives us. Rejects only with ERR_XRT_NOT_STARTED (`error` says why, `cause` is the
 * system's error), and with what `onStart` or the `input` throws. Throws TypeError for options that cannot be.
 */
export async function runProcess(
  command: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  const { host, timeoutMs, stdout, stderr, maxBytes } = resolveProcessOptions(options);
  const began = performance.now();
  const signal = stopSignal(options.signal, timeoutMs);
  const directory = path.resolve(
    options.cwd instanceof URL ? fileURLToPath(options.cwd) : (options.cwd ?? ""),
  );
  const environment = environmentOf(host.inheritEnvironment, options.env ?? {});
  if (signal.aborted) return unstarted(signal.reason, began);
  try {
    const started = await containment(host.containment).start(
      {
        argv: command,
        directory,
        environment,
        tag: newTag(),
        cookie: null,
        stdin: inputKind(options.input),
        stdout: outputKind(stdout),
        stderr: outputKind(stderr),
      },
      { avoidCompanion: true },
    );
    const forceSignal = options.forceSignal ?? new AbortController().signal;
    const captured = captureOutput(started.started, maxBytes);
    const { ending, leftovers } = await seeThrough(started, {
      orders: { signal, forceSignal, config: { stopSignal: host.stopSignal, graceMs: host.graceMs } },
      leftovers: host.leftovers,
      source: readerOf(options.input),
      onStarted: ({ pid, start }) =>
        options.onStart?.({ pid, pgid: started.started.group, process_start: start }),
      // Told by what is left in the output, if by anything: there is no event to put it into.
      onSurvivors: () => undefined,
    });
    const stopped = ending.stopSent !== null;
    const { texts, truncated } = await captured.read((leftovers?.left ?? 0) > 0);
    if (ending.inputFailure !== null && !stopped) throw ending.inputFailure;
    throwIfRefused(ending, started.started.refusal, texts[1]);
    return {
      ok: ending.code === 0 && !stopped,
      exitCode: ending.code,
      signal: ending.signal,
      timedOut: stopped && isTimeout(signal.reason),
      cancelled: stopped && !isTimeout(signal.reason),
      stdout: texts[0],
      stderr: texts[1],
      truncated,
      durationMs: performance.now() - began,
    };
  } catch (error) {
    if (!(error instanceof NotExecuted)) throw error;
    throw await describeNotStarted(
      error.cause,
      { command: [...command], working_directory: directory },
      environment,
    );
  }
}

function readerOf(input: ProcessOptions["input"]): InputReader | null {
  if (input === undefined || input === "inherit") return null;
  return (input instanceof ReadableStream ? input : new Blob([input]).stream()).getReader();
}

/** The caller's signal and the timeout, whichever is first. */
function stopSignal(signal: AbortSignal | undefined, timeoutMs: number | null): AbortSignal {
  const signals = [
    ...(signal === undefined ? [] : [signal]),
    ...(timeoutMs === null ? [] : [AbortSignal.timeout(Math.ceil(timeoutMs))]),
  ];
  return AbortSignal.any(signals);
}

function environmentOf(
  inherited: boolean | readonly string[],
  overlay: Readonly<Record<string, string | undefined>>,
): ChildEnvironment {
  const environment = inheritEnvironment(inherited);
  for (const [name, value] of Object.entries(overlay)) {
    if (value === undefined) delete environment[name];
    else environment[name] = value;
  }
  const badName = describeBadName(environment as Record<string, string>);
  if (badName !== undefined) throw new TypeError(`runProcess(command, options): env: ${badName}`);
  return environment;
}

function inputKind(input: ProcessOptions["input"]): Stdio {
  if (input === undefined) return "ignore";
  return input === "inherit" ? "inherit" : "pipe";
}

function outputKind(output: ProcessOutput): Stdio {
  return output === "capture" ? "pipe" : output;
}

function unstarted(reason: unknown, began: number): ProcessResult {
  const timedOut = isTimeout(reason);
  const durationMs = performance.now() - began;
  const nothing = { stdout: "", stderr: "", truncated: false, exitCode: null, signal: null };
  return { ok: false, ...nothing, timedOut, cancelled: !timedOut, durationMs };
}

const containments = new Map<ContainmentOption, Containment>();

/** One for all processes: its guard serves them all, keeps nobody waiting, and ends when there is nothing to guard. */
function containment(option: ContainmentOption): Containment {
  let known = containments.get(option);
  if (known === undefined) {
    known = new Containment(option);
    containments.set(option, known);
  }
  return known;
}
