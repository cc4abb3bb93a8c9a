import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Invocation, RunContext } from "@xrt/contracts";
import { heapOf } from "./memory-limit.ts";
import type { Metadata } from "./metadata.ts";
import type { Options } from "./options.ts";

/** Starts the module in a thread of its own, which has none of our streams. */
export function startWorker(
  module: string,
  invocation: Invocation,
  context: RunContext<Metadata>,
  { inheritEnvironment }: Options,
): Worker {
  const memory = invocation.limits?.memory_bytes;
  return new Worker(pathToFileURL(module), {
    argv: invocation.command.slice(1),
    // Ours may be for the main thread only.
    execArgv: [],
    env: {
      ...(inheritEnvironment ? process.env : {}),
      ...invocation.environment,
      XRT_RUN_DIR: context.directory,
      XRT_ARTIFACT_DIR: context.artifactDirectory,
      ...(typeof context.input?.path === "string" ? { XRT_INPUT_PATH: context.input.path } : {}),
    },
    workerData: { data: context.config.data ?? null, workingDirectory: invocation.working_directory },
    stdin: true,
    stdout: true,
    stderr: true,
    ...(memory === undefined ? {} : { resourceLimits: heapOf(memory) }),
  });
}
