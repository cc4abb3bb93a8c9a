/** The statuses a run can end in. `rejected` means that nothing was started. */
export const terminalStatuses = ["succeeded", "failed", "timed_out", "cancelled", "rejected"] as const;

export type TerminalStatus = (typeof terminalStatuses)[number];

/** Whether a run can end in it: not `pending`, not `running`, nothing unknown. */
export function isTerminalStatus(value: unknown): value is TerminalStatus {
  return terminalStatuses.some((status) => status === value);
}
