export const runtimeStatuses = [
  "pending",
  "running",
  "succeeded",
  "failed",
  "timed_out",
  "cancelled",
  "rejected",
] as const;

export type RuntimeStatus = (typeof runtimeStatuses)[number];
