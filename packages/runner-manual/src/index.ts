export type { Dispatcher } from "./dispatcher.ts";
export { ManualRunner } from "./runner.ts";
