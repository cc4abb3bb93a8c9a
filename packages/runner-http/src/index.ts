export { AsyncHttpRunner } from "./async-http-runner.ts";
export { HttpRunner } from "./http-runner.ts";
export { httpRunners } from "./http-runners.ts";
export type { AllowAddress } from "./addresses.ts";
export type { HttpOptions, RedirectMode } from "./options.ts";
