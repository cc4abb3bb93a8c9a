import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Json, RunContext, RunEvent, RunnerEvent } from "@xrt/contracts";
import { contextInput } from "./input.ts";
import { OutputFile } from "./output-file.ts";
import { Recorder, type TestContextFaults } from "./recorder.ts";
import { Redactor } from "./redactor.ts";
import { StopControl, type StopCause } from "./stop-control.ts";

/** How a run's context is made. */
export interface TestContextOptions<C> {
  /** What the runner's metadata schema would have made. */
  config?: C;
  /** Milliseconds until the deadline. Default: none. */
  timeoutMs?: number;
  /** Milliseconds between `signal` and `forceSignal`. Default 5000, as with a runner that states none. */
  graceMs?: number;
  /** What the caller hands in. */
  input?: string | Uint8Array;
  /** The invocation's payload file; `input` comes before it. */
  inputPath?: string;
  /** A run directory that is there already, as `recover` finds it; it is not removed. Default: a new one. */
  directory?: string;
  /** Called for every checkpoint; the runner's promise waits for what it returns. */
  onCheckpoint?: (state: Json, count: number) => Promise<void> | void;
}

/** A `RunContext` with real files, a real deadline, and a record of what the runner did with it. Disposing removes its files. */
export interface TestContext<C = undefined> extends RunContext<C>, AsyncDisposable {
  /** What `emit` and `checkpoint` told, in their order. */
  readonly events: readonly RunEvent[];
  /** The states of all checkpoints, as JSON carries them. */
  readonly checkpoints: readonly Json[];
  readonly faults: TestContextFaults;
  /** What is in the file now. */
  output(stream?: "stdout" | "stderr"): Buffer;
  /** Aborts `signal`, and after the grace `forceSignal`. Default: a cancel. */
  abort(cause?: StopCause): void;
  /** Ends the grace now. */
  force(): void;
  /** The run has ended, as far as core is concerned: what comes now is too late. */
  end(): void;
}

/**
 * Makes what core would hand a runner, without core: for testing a runner by itself.
 * Rejects when the temporary directory cannot be made.
 */
export async function createTestContext<C = undefined>(
  options: TestContextOptions<C> = {},
): Promise<TestContext<C>> {
  const { timeoutMs = Infinity, graceMs = 5000 } = options;
  const own =
    options.directory === undefined ? await mkdtemp(join(await realpath(tmpdir()), "xrt-test-")) : null;
  const directory = own ?? String(options.directory);
  const artifactDirectory = join(directory, "artifacts");
  await mkdir(artifactDirectory, { recursive: true, mode: 0o700 });

  const record = new Recorder(basename(directory));
  const late = (what: string): void => record.tooLate(what);
  const stdout = new OutputFile(join(directory, "stdout.txt"), late);
  const stderr = new OutputFile(join(directory, "stderr.txt"), late);
  const stop = new StopControl(timeoutMs, graceMs);
  const redactor = new Redactor();

  return Object.freeze({
    runId: basename(directory),
    directory,
    artifactDirectory,
    config: options.config as C,
    signal: stop.signal,
    forceSignal: stop.forceSignal,
    remainingMs: () => stop.remainingMs(),
    stdout,
    stderr,
    input: contextInput(options.input, options.inputPath),
    checkpoint: async (state: Json) => {
      const count = record.checkpoint(state);
      await options.onCheckpoint?.(state, count);
    },
    emit: (event: RunnerEvent) => record.emit(event),
    addSecret: (value: string) => redactor.add(value),
    redact: (text: string) => redactor.text(text),
    events: record.events,
    checkpoints: record.checkpoints,
    faults: record.faults,
    output: (stream: "stdout" | "stderr" = "stdout") => (stream === "stdout" ? stdout : stderr).bytes(),
    abort: (cause: StopCause = "cancelled") => stop.abort(cause),
    force: () => stop.force(),
    end: () => {
      record.end();
      stop.release();
      stdout.seal();
      stderr.seal();
    },
    [Symbol.asyncDispose]: async () => {
      stop.release();
      await Promise.all([stdout.close(), stderr.close()]);
      if (own !== null) await rm(own, { recursive: true, force: true, maxRetries: 3 });
    },
  });
}
