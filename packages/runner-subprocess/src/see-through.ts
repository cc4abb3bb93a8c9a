import type { ContainedCommand } from "./contain/contained-command.ts";
import type { ProcessStatus } from "./contain/process-table.ts";
import { clearLeftovers, type Leftovers, type LeftoverPolicy } from "./leftovers.ts";
import { signalGroup } from "./process-group.ts";
import { feed, type InputReader } from "./standard-input.ts";
import type { CommandEnd } from "./start/started.ts";
import { endedBefore, stopOnAbort, type StopOrders } from "./stop-process.ts";

/** How a command is seen through. */
export interface Course {
  readonly orders: StopOrders;
  readonly leftovers: LeftoverPolicy;
  /** What the command reads, where that is a pipe. One that breaks off ends the run. */
  readonly source: InputReader | null;
  readonly onStarted: (leader: ProcessStatus) => void;
  /** Told of how many could not be killed. */
  readonly onSurvivors: (message: string) => void;
}

/** How a command ended, and what we did to it. */
export interface Ending extends CommandEnd {
  /** The last signal that a stop had sent when it ended; null: it ended by itself. */
  readonly stopSent: NodeJS.Signals | null;
  /** Why what it was to read broke off before, or null. */
  readonly inputFailure: Error | null;
}

/** Sees a command through to its end, and everything that it started to nothing. Throws what `onStarted` throws. */
export async function seeThrough(
  command: ContainedCommand,
  { orders, leftovers: policy, source, onStarted, onSurvivors }: Course,
): Promise<{ readonly ending: Ending; readonly leftovers: Leftovers | undefined }> {
  const { started } = command;
  const stop = stopOnAbort(started.group, orders);
  const kill = (): void => void signalGroup(started.group, "SIGKILL");
  const input = started.stdin === null || source === null ? undefined : feed(source, started.stdin, kill);
  let left: "nothing" | "something" | "unknown" = "unknown";
  let failure: { readonly reason: unknown } | undefined;
  try {
    const ended = new Promise<CommandEnd>((resolve) => {
      started.onEnd((end) => {
        stop.leaderExited();
        resolve(end);
      });
    });
    const leader = await command.leader();
    stop.leaderStarted();
    try {
      if (leader !== undefined) onStarted(leader);
    } catch (reason) {
      failure = { reason };
      kill();
    }
    const end = await ended;
    const stopSent = endedBefore(end, stop) ? null : stop.sent;
    const ending = { ...end, stopSent, inputFailure: input?.failure ?? null };
    input?.stop();
    const leftovers = command.mayHaveLeft()
      ? await clearLeftovers(command, policy, stop, orders.forceSignal, onSurvivors)
      : undefined;
    left = (leftovers?.left ?? 0) === 0 ? "nothing" : "something";
    if (failure !== undefined) throw failure.reason;
    return { ending, leftovers };
  } finally {
    stop.dispose();
    await command.release(left);
  }
}
