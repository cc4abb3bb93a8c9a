import type { AnyResult } from "@xrt/contracts";
import { latestResult } from "@xrt/contracts/codec";
import { isSignalName } from "../signal-name.ts";

/** How `xrt exec` ends: by a signal, or with a status. */
export type Ending = { readonly signal: NodeJS.Signals } | { readonly status: number };

/** Statuses of our own, as timeout(1), env(1) and nohup(1) have them (POSIX). */
const timedOut = 124;
export const ours = 125;
const notExecutable = 126;
const notFound = 127;

/** The command's own ending, or ours where it had none. */
export function endingOf(result: AnyResult): Ending {
  if (result.status === "timed_out") return { status: timedOut };
  if (result.status === "cancelled") return { status: ours };
  const { signal, error } = latestResult(result);
  if (signal !== null && isSignalName(signal)) return { signal };
  if (result.exit_code !== null) return { status: result.exit_code };
  if (error?.code === "command_not_executable") return { status: notExecutable };
  return { status: error?.code === "command_not_found" ? notFound : ours };
}
