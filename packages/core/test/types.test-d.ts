// Checked by the compiler alone.
import type { AnyInvocation, AnyResult, ResultOf, TerminalStatus } from "@xrt/contracts";
import type * as v02 from "@xrt/contracts/v0.2";
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

// Whoever knows one version of the contract alone can take any runtime, for ever.
export const pinned: Runtime = runtime;
export const pinnedV02: v02.Runtime = runtime;

// And both ports together are what one runtime has.
export const both: Runtime & v02.Runtime = runtime;

// The answer has the question's version, and a status that is terminal.
export const run = runtime.start(invocation);
export const result = runtime.run(invocation, {
  signal: AbortSignal.timeout(1),
  input: new ReadableStream<Uint8Array>(),
});

declare const later: v02.RuntimeInvocation;
export const laterRun = runtime.start(later);
declare const either: AnyInvocation;
export const anyRun = runtime.run(either);

export type Checks = [
  Assert<Same<ResultOf<v02.RuntimeInvocation>["schema_version"], "0.2">>,
  Assert<Same<typeof laterRun, Run<v02.RuntimeResult & { status: TerminalStatus }>>>,
  Assert<Same<typeof anyRun, Promise<AnyResult>>>,
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
void runtime.run({ ...later, runtime_kind: "acme.ssh" });
// @ts-expect-error -- a namespaced kind is of v0.2
void runtime.run({ ...invocation, runtime_kind: "acme.ssh" });
// @ts-expect-error -- no such option
void new ExecutorRuntime({ runner: {} });
// @ts-expect-error -- seconds are a number
void new ExecutorRuntime({ maxTimeoutSeconds: "60" });
