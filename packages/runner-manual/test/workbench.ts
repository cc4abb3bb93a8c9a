import { mkdtemp, realpath, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { AnyResult, Invocation, TerminalStatus } from "@xrt/contracts";
import { createInvocation, type RuntimeInvocation, type RuntimeResult } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, type RunOptions } from "@xrt/core";
import { ManualRunner, type Dispatcher } from "../src/index.ts";

/** A temporary directory, and a runtime whose manual runs go to the dispatcher. */
export interface Workbench extends AsyncDisposable {
  readonly directory: string;
  run(fields?: Partial<RuntimeInvocation>, options?: RunOptions): Promise<AnyResult>;
  /** A whole result of an invocation's run, as another runtime would write it. */
  resultOf(invocation: Invocation, fields: Partial<RuntimeResult & { status: TerminalStatus }>): AnyResult;
}

export async function openWorkbench(
  dispatcher: Dispatcher | Readonly<Record<string, Dispatcher>>,
): Promise<Workbench> {
  const directory = await realpath(await mkdtemp(path.join(os.tmpdir(), "xrt-manual-")));
  const runtime = new ExecutorRuntime({ runners: { manual: new ManualRunner(dispatcher) }, maxGraceMs: 200 });
  return {
    directory,
    async run(fields = {}, options = {}) {
      const invocation = createInvocation({
        runtime_kind: "manual",
        working_directory: directory,
        command: ["review"],
        ...fields,
      });
      return runtime.run(invocation, options);
    },
    resultOf: (invocation, fields) => ({
      schema_version: "0.1",
      contract_kind: "runtime_result",
      invocation_id: invocation.invocation_id,
      runtime_name: invocation.runtime_name,
      runtime_kind: "manual",
      status: "succeeded",
      exit_code: 0,
      started_at: "2020-01-01T00:00:00.000Z",
      finished_at: "2020-01-01T00:00:01.000Z",
      stdout_path: null,
      stderr_path: null,
      error_summary: null,
      artifacts: [],
      metadata: {},
      ...fields,
    }),
    async [Symbol.asyncDispose]() {
      await runtime.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
