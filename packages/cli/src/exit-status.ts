import type { TerminalStatus } from "@xrt/contracts";

/** What `xrt run` exits with. 2 stands for invalid input and usage. */
export const exitStatusOf: Readonly<Record<TerminalStatus, number>> = {
  succeeded: 0,
  failed: 1,
  timed_out: 124,
  rejected: 125,
  cancelled: 130,
};
