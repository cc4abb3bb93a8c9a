// Checked by the compiler alone.
import type { AnyResult, ResultOf, TerminalStatus } from "@xrt/contracts";
import type { Runtime, RuntimeInvocation, RuntimeResult } from "@xrt/contracts/v0.1";
import {
  assertSucceeded,
  ExecutorRuntime,
  readOutput,
  type openRun,
  type Run,
  type RunRecord,
} from "@xrt/core";

type Same<A, B> = [A, B] extends [B, A] ? true : false;
type Assert<T extends true> = T;

declare const runtime: ExecutorRuntime;
declare const invocation: RuntimeInvocation;

// Whoever knows contract v0.1 alone can take any runtime, for ever.
export const pinned: Runtime = runtime;

// The answer has the question's version, and a status that is terminal.
export const run = runtime.start(invocation);
export const result = runtime.run(invocation, {
  signal: AbortSignal.timeout(1),
  input: new ReadableStream<Uint8Array>(),
});

export type Checks = [
  Assert<Same<ResultOf<RuntimeInvocation>["schema_version"], "0.1">>,
  Assert<Same<typeof run, Run<RuntimeResult & { status: TerminalStatus }>>>,
  Assert<Same<typeof result, Promise<RuntimeResult & { status: TerminalStatus }>>>,
  Assert<Same<Awaited<ReturnType<typeof openRun>>, RunRecord>>,
];

// A handle is a record that can be disposed of.
export const record: RunRecord = run;
export const disposables: AsyncDisposable[] = [run, runtime];

// A result is what readOutput and assertSucceeded take.
declare const any: AnyResult;
void readOutput(any);
assertSucceeded(any);

// @ts-expect-error -- a kind of no contract version
void runtime.run({ ...invocation, runtime_kind: "docker" });
// @ts-expect-error -- no such option
void new ExecutorRuntime({ runner: {} });
// @ts-expect-error -- seconds are a number
void new ExecutorRuntime({ maxTimeoutSeconds: "60" });
