export { runtimeStatuses, type RuntimeStatus } from "../v0.1/runtime-status.ts";
