export type { SubprocessOptions } from "./options.ts";
export { SubprocessRunner } from "./runner.ts";
