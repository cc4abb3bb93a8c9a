import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { AnyResult, RunEvent, RuntimeRunner } from "@xrt/contracts";
import { createInvocation, type RuntimeInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, type Run, type RunOptions } from "@xrt/core";
import { SubprocessRunner, type SubprocessOptions } from "../src/index.ts";

export interface Finished {
  readonly result: AnyResult;
  readonly events: readonly RunEvent[];
  readonly stdout: string;
  readonly stderr: string;
  /** The process group, where one was started. */
  readonly pgid: number | undefined;
}

/** A temporary directory, and a runtime whose subprocesses work in it. Disposing stops the runtime and removes the directory. */
export interface Workbench extends AsyncDisposable {
  readonly directory: string;
  readonly runner: SubprocessRunner;
  start(command: readonly string[], fields?: Partial<RuntimeInvocation>, options?: RunOptions): Run;
  run(
    command: readonly string[],
    fields?: Partial<RuntimeInvocation>,
    options?: RunOptions,
  ): Promise<Finished>;
  /** What `sh -c script` does. */
  shell(script: string, fields?: Partial<RuntimeInvocation>, options?: RunOptions): Promise<Finished>;
}

export async function openWorkbench(options: SubprocessOptions = {}): Promise<Workbench> {
  const directory = await realpath(await mkdtemp(path.join(os.tmpdir(), "xrt-subprocess-")));
  const runner = new SubprocessRunner(options);
  const runtime = new ExecutorRuntime({ runners: { subprocess: runner } });

  const start: Workbench["start"] = (command, fields = {}, runOptions = {}) => {
    const invocation = createInvocation({
      runtime_kind: "subprocess",
      working_directory: directory,
      command: [...command],
      ...fields,
    });
    return runtime.start(invocation, runOptions);
  };
  const run: Workbench["run"] = async (command, fields, runOptions = {}) => {
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => {
      events.push(event);
      runOptions.onEvent?.(event);
    };
    const result = await start(command, fields, { ...runOptions, onEvent }).result;
    const started = events.find((event) => event.type === "started");
    return {
      result,
      events,
      stdout: await textOf(result.stdout_path),
      stderr: await textOf(result.stderr_path),
      pgid: started?.pgid,
    };
  };
  return {
    directory,
    runner,
    start,
    run,
    shell: (script, fields, runOptions) => run(["sh", "-c", script], fields, runOptions),
    async [Symbol.asyncDispose]() {
      await runtime.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function textOf(file: string | null): Promise<string> {
  return file === null ? "" : readFile(file, "utf8");
}

/** The runner, with something done between core's checks and its own work. */
export function afterChecks(runner: SubprocessRunner, act: () => void | Promise<void>): RuntimeRunner {
  return {
    interfaceVersion: runner.interfaceVersion,
    graceMs: runner.graceMs,
    metadata: runner.metadata,
    async run(invocation, context) {
      await act();
      return runner.run(invocation, context);
    },
  };
}

/** Asks again and again; a condition that never comes true fails the test by its name. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const limit = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`waited 30 seconds in vain until ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}
