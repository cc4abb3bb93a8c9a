import { setTimeout as delay } from "node:timers/promises";
import { killTree, onWindows } from "./windows.ts";

export type GroupSignal = "sent" | "no_such_group" | "not_permitted";

/** Signals every process of a group; signal 0 only asks. */
export function signalGroup(pgid: number, signal: NodeJS.Signals | 0): GroupSignal {
  if (onWindows) {
    if (signal === 0) return "no_such_group";
    killTree(pgid);
    return "sent";
  }
  // After most runs the answer is the error ESRCH, whose stack would cost more than the call.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    process.kill(-pgid, signal);
    return "sent";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH") return "no_such_group";
    // EPERM: there are members, and none of them may be signalled (a setuid program, kill(2)).
    if (code === "EPERM") return "not_permitted";
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Kills a group and waits until it is gone, where the system tells of no process by itself: the group counts as one. */
export async function killGroup(
  pgid: number,
  isLate: () => boolean,
): Promise<{ killed: number; left: number }> {
  const answer = signalGroup(pgid, "SIGKILL");
  if (answer === "no_such_group") return { killed: 0, left: 0 };
  if (answer === "not_permitted") return { killed: 0, left: 1 };
  for (let pause = 1; !isLate(); pause = Math.min(pause * 2, 20)) {
    if (signalGroup(pgid, 0) === "no_such_group") return { killed: 1, left: 0 };
    await delay(pause);
  }
  return { killed: 0, left: 1 };
}
