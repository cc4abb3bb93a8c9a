import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { AnyResult, RunEvent } from "@xrt/contracts";
import { createInvocation, type RuntimeInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, type Run, type RunOptions, type RuntimeOptions } from "@xrt/core";
import { httpRunners, type HttpOptions } from "../src/index.ts";

export interface Finished {
  readonly result: AnyResult;
  readonly events: readonly RunEvent[];
  readonly stdout: string;
  /** The names under `http.` without it, as the result has them. */
  readonly http: Readonly<Record<string, string>>;
}

type Kind = "http" | "http_async";
type Metadata = Readonly<Record<string, string>>;

/** A temporary directory and a runtime with both runners. Disposing stops the runtime and removes the directory. */
export interface Workbench extends AsyncDisposable {
  readonly directory: string;
  readonly runtime: ExecutorRuntime;
  /** Keys of `metadata` without `http.`. */
  start(kind: Kind, metadata: Metadata, fields?: Partial<RuntimeInvocation>, options?: RunOptions): Run;
  run(
    kind: Kind,
    metadata: Metadata,
    fields?: Partial<RuntimeInvocation>,
    options?: RunOptions,
  ): Promise<Finished>;
}

export async function openWorkbench(
  options: HttpOptions = {},
  runtimeOptions: RuntimeOptions = {},
): Promise<Workbench> {
  // First, since it throws for bad options.
  const runtime = new ExecutorRuntime({ ...runtimeOptions, runners: { ...httpRunners(options) } });
  const directory = await realpath(await mkdtemp(path.join(os.tmpdir(), "xrt-http-")));
  const start: Workbench["start"] = (kind, metadata, fields = {}, runOptions = {}) =>
    runtime.start(
      createInvocation({
        runtime_kind: kind,
        working_directory: directory,
        command: [kind],
        timeout_seconds: 30,
        ...fields,
        metadata: prefixed(metadata),
      }),
      runOptions,
    );
  return {
    directory,
    runtime,
    start,
    async run(kind, metadata, fields, runOptions = {}) {
      const events: RunEvent[] = [];
      const onEvent = (event: RunEvent): void => {
        events.push(event);
        runOptions.onEvent?.(event);
      };
      const result = await start(kind, metadata, fields, { ...runOptions, onEvent }).result;
      return {
        result,
        events,
        stdout: result.stdout_path === null ? "" : await readFile(result.stdout_path, "utf8"),
        http: Object.fromEntries(
          Object.entries(result.metadata)
            .filter(([key]) => key.startsWith("http."))
            .map(([key, value]) => [key.slice("http.".length), value]),
        ),
      };
    },
    async [Symbol.asyncDispose]() {
      await runtime.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function prefixed(metadata: Metadata): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`http.${key}`, value]));
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
