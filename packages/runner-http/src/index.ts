// The published types need these, which a project of TypeScript 7 does not have by default.
/// <reference types="node" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />
export { AsyncHttpRunner } from "./async-http-runner.ts";
export { HttpRunner } from "./http-runner.ts";
export { httpRunners } from "./http-runners.ts";
export type { AllowAddress } from "./addresses.ts";
export type { HttpOptions, RedirectMode } from "./options.ts";
// oxlint-disable-next-line import/no-default-export -- by which a loader knows a runner package
export { runnerPackage as default } from "./runner-package.ts";
