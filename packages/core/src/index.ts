export { assertSucceeded } from "./assert-succeeded.ts";
export { ExecutorRuntime } from "./executor-runtime.ts";
export { openRun } from "./reopen/open-run.ts";
export { readOutput, type ReadOutput, type ReadOutputOptions } from "./output/read-output.ts";
export type { OutputOptions, Run, RunRecord } from "./run.ts";
export type { RunInput, RunOptions, RuntimeOptions } from "./runtime-options.ts";
