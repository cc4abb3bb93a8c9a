// The published types need these, which a project of TypeScript 7 does not have by default.
/// <reference types="node" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />
export { assertSucceeded } from "./assert-succeeded.ts";
export { ExecutorRuntime } from "./executor-runtime.ts";
export { invocationProblem } from "./prepare/invocation-problem.ts";
export { openRun } from "./reopen/open-run.ts";
export type { LeftReason, LeftRun } from "./recover/assess.ts";
export { listRuns } from "./recover/list-runs.ts";
export type { RecoverOptions } from "./recover/recover-runs.ts";
export { readOutput, type ReadOutput, type ReadOutputOptions } from "./output/read-output.ts";
export type { OutputOptions, Run, RunRecord } from "./run.ts";
export type { RunInput, RunOptions, RuntimeOptions } from "./runtime-options.ts";
