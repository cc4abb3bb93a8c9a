// The published types need it, which a project of TypeScript 7 does not have by default.
/// <reference types="node" preserve="true" />
export type { ProcessOptions, ProcessOutput } from "./process/process-options.ts";
export { runProcess, type ProcessResult } from "./process/run-process.ts";
export type { SubprocessOptions } from "./options.ts";
export { SubprocessRunner } from "./runner.ts";
// oxlint-disable-next-line import/no-default-export -- by which a loader knows a runner package
export { runnerPackage as default } from "./runner-package.ts";
