// The published types need it, which a project of TypeScript 7 does not have by default.
/// <reference types="node" preserve="true" />
export type { SubprocessOptions } from "./options.ts";
export { SubprocessRunner } from "./runner.ts";
