import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { outcome, type AnyResult, type RunEvent, type RuntimeRunner } from "@xrt/contracts";
import { createInvocation, type RuntimeInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, type Run, type RunOptions, type RuntimeOptions } from "@xrt/core";

export type Work = RuntimeRunner["run"];

/** A runner whose work is one function. */
export function runnerOf(run: Work, members: Partial<RuntimeRunner> = {}): RuntimeRunner {
  return { interfaceVersion: "1.0", ...members, run };
}

export const succeed: Work = async () => outcome.succeeded({ exit_code: 0 });

/** Works until it is told to stop, then ends as asked. */
export const untilStopped: Work = (_invocation, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

export interface Finished {
  readonly result: AnyResult;
  /** What `onEvent` heard. */
  readonly events: readonly RunEvent[];
}

/** A temporary directory and a runtime for runs in it. Disposing closes the runtime and removes the directory. */
export interface Workbench extends AsyncDisposable {
  readonly directory: string;
  readonly runtime: ExecutorRuntime;
  invocation(fields?: Partial<RuntimeInvocation>): RuntimeInvocation;
  start(work: Work | RuntimeRunner, fields?: Partial<RuntimeInvocation>, options?: RunOptions): Run;
  run(
    work: Work | RuntimeRunner,
    fields?: Partial<RuntimeInvocation>,
    options?: RunOptions,
  ): Promise<Finished>;
}

export async function openWorkbench(options: RuntimeOptions = {}): Promise<Workbench> {
  const directory = await temporaryDirectory();
  const runtime = new ExecutorRuntime(options);
  const invocation: Workbench["invocation"] = (fields) =>
    createInvocation({
      runtime_kind: "manual",
      command: ["work"],
      working_directory: directory,
      ...fields,
    });
  const start: Workbench["start"] = (work, fields, runOptions) => {
    const runner = typeof work === "function" ? runnerOf(work) : work;
    return runtime.start(invocation(fields), { runner, ...runOptions });
  };
  return {
    directory,
    runtime,
    invocation,
    start,
    async run(work, fields, runOptions) {
      const events: RunEvent[] = [];
      const onEvent = (event: RunEvent): void => {
        events.push(event);
        runOptions?.onEvent?.(event);
      };
      return { result: await start(work, fields, { ...runOptions, onEvent }).result, events };
    },
    async [Symbol.asyncDispose]() {
      await runtime.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function temporaryDirectory(): Promise<string> {
  return realpath(await mkdtemp(path.join(os.tmpdir(), "xrt-core-")));
}

/** The run directory, of a run that has one. */
export function directoryOf(result: AnyResult): string {
  return result.metadata["xrt.run_directory"] ?? "";
}

export async function jsonLines(file: string): Promise<unknown[]> {
  const text = await readFile(file, "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}

/** What `events.ndjson` holds behind its first line. */
export async function recordedEvents(directory: string): Promise<RunEvent[]> {
  const [, ...events] = await jsonLines(path.join(directory, "events.ndjson"));
  return events as RunEvent[];
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/**
 * Asks again and again; a condition that never comes true fails the test by its name. It counts how often it asked, not
 * the time: a machine that was held up for a minute has not had the chance to make anything true.
 */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 3000; attempt += 1) {
    if (await condition()) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
  throw new Error(`waited in vain until ${what}`);
}
