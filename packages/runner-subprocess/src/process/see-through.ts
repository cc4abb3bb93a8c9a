import type { ContainedCommand } from "../contain/contained-command.ts";
import { clearLeftovers } from "../leftovers.ts";
import { signalGroup } from "../process-group.ts";
import { feed, type Feed } from "../standard-input.ts";
import type { CommandEnd } from "../start/started.ts";
import { endedBefore, stopOnAbort, type StopOrders } from "../stop-process.ts";
import { CapturedOutput } from "./captured-output.ts";
import type { ProcessOptions } from "./process-options.ts";

/** What became of a process. */
export interface Seen {
  readonly end: CommandEnd;
  readonly stopped: boolean;
  readonly texts: readonly [string, string];
  readonly truncated: boolean;
}

/** To the end of the process, of all that it started, and of what it wrote. */
export async function seeThrough(
  command: ContainedCommand,
  { input, onStart }: ProcessOptions,
  maxBytes: number,
  { orders, leftovers }: { orders: StopOrders; leftovers: "kill" | "leave" },
): Promise<Seen> {
  const { started } = command;
  const captured = [started.stdout, started.stderr].map((stream) =>
    stream === null ? null : new CapturedOutput(stream, maxBytes),
  );
  const stop = stopOnAbort(started.group, orders);
  const fed = feedInput(command, input);
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
    if (leader !== undefined) {
      try {
        onStart?.({ pid: leader.pid, pgid: started.group, process_start: leader.start });
      } catch (reason) {
        failure = { reason };
        signalGroup(started.group, "SIGKILL");
      }
    }
    const end = await ended;
    const stopped = stop.sent !== null && !endedBefore(end, stop);
    fed?.stop();
    const remains = command.mayHaveLeft()
      ? await clearLeftovers(command, leftovers, stop, {
          forceSignal: orders.forceSignal,
          emit: () => undefined,
        })
      : undefined;
    left = (remains?.left ?? 0) === 0 ? "nothing" : "something";
    const [stdout = "", stderr = ""] = await Promise.all(
      captured.map(async (output) => output?.text(left === "something")),
    );
    if (failure !== undefined) throw failure.reason;
    if (fed !== undefined && fed.failure !== null && !stopped) throw fed.failure;
    return {
      end,
      stopped,
      texts: [stdout, stderr],
      truncated: captured.some((output) => output?.truncated),
    };
  } finally {
    stop.dispose();
    await command.release(left);
  }
}

function feedInput({ started }: ContainedCommand, input: ProcessOptions["input"]): Feed | undefined {
  if (started.stdin === null || input === undefined || input === "inherit") return undefined;
  const stream = input instanceof ReadableStream ? input : new Blob([input]).stream();
  return feed(stream.getReader(), started.stdin, () => signalGroup(started.group, "SIGKILL"));
}
