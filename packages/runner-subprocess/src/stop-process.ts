import type { SubprocessConfig } from "./metadata.ts";
import { defaultGraceMs } from "./options.ts";
import { signalGroup } from "./process-group.ts";
import type { CommandEnd } from "./start/started.ts";
import { onWindows } from "./windows.ts";

/** The stopping of one process group: begun by `signal`, hurried by `forceSignal`. */
export interface Stop {
  /** The last signal sent to make it stop; null as long as none was needed. */
  readonly sent: NodeJS.Signals | null;
  /** Whether the leader may end in its own way once the stop has begun: it was asked first, or may not be signalled. */
  readonly survivable: boolean;
  /** The leader is there, and can hear a signal: before, one would be lost on the shell that is about to start it. */
  leaderStarted(): void;
  /** The leader has ended by itself: from here on an abort no longer stops anything, a stop that began goes on. */
  leaderExited(): void;
  /** Takes the listeners off and the timers down. */
  dispose(): void;
}

/** When and how to stop. */
export interface StopOrders {
  readonly signal: AbortSignal;
  readonly forceSignal: AbortSignal;
  readonly config: Pick<SubprocessConfig, "stopSignal" | "graceMs">;
}

/**
 * Stops the group when the run's signals say so: at the deadline SIGKILL at once, or `stopSignal` first where a grace is
 * set; on a cancel `stopSignal`, then SIGKILL after the grace.
 */
export function stopOnAbort(pgid: number, { signal, forceSignal, config }: StopOrders): Stop {
  let sent: NodeJS.Signals | null = null;
  let survivable = false;
  let started = false;
  let exited = false;
  let turn: NodeJS.Immediate | undefined;
  let grace: NodeJS.Timeout | undefined;

  const kill = (): void => {
    sent = "SIGKILL";
    if (signalGroup(pgid, "SIGKILL") === "not_permitted") survivable = true;
  };
  const ask = (): void => {
    signalGroup(pgid, config.stopSignal);
    // A stopped process (SIGSTOP, or a terminal's Ctrl-Z) acts on a signal only once it goes on.
    signalGroup(pgid, "SIGCONT");
  };
  const begin = (): void => {
    if (exited || sent !== null) return;
    const atDeadline = isTimeout(signal.reason);
    if (config.stopSignal === "SIGKILL" || (atDeadline && config.graceMs === null)) {
      kill();
      return;
    }
    sent = config.stopSignal;
    survivable = true;
    if (started) ask();
    grace = setTimeout(kill, config.graceMs ?? defaultGraceMs);
  };
  const onAbort = (): void => {
    // At the deadline the leader may have ended while our event loop was starved: timers come before the news of a
    // child's end, so let one turn deliver that first. A cancel is wanted now, its caller may be about to exit.
    if (isTimeout(signal.reason)) turn = setImmediate(begin);
    else begin();
  };
  const onForce = (): void => {
    // Also past the leader's end, for members that use up the grace; synchronously, since core may be about to die.
    if (!exited || sent !== null) kill();
  };

  // While it was being started.
  if (signal.aborted) onAbort();
  if (forceSignal.aborted) onForce();
  signal.addEventListener("abort", onAbort, { once: true });
  forceSignal.addEventListener("abort", onForce, { once: true });
  return {
    get sent() {
      return sent;
    },
    get survivable() {
      return survivable;
    },
    leaderStarted() {
      started = true;
      if (sent !== null && sent !== "SIGKILL") ask();
    },
    leaderExited() {
      exited = true;
    },
    dispose() {
      signal.removeEventListener("abort", onAbort);
      forceSignal.removeEventListener("abort", onForce);
      clearImmediate(turn);
      clearTimeout(grace);
    },
  };
}

/**
 * Whether the leader had ended before the stop reached it, though nobody had told us yet: SIGKILL leaves no process a
 * status of its own (signal(7)), so one that has it had earned it. On Windows a process that is ended has a status.
 */
export function endedBefore({ signal }: CommandEnd, { sent, survivable }: Stop): boolean {
  return sent !== null && !survivable && signal !== "SIGKILL" && !onWindows;
}

/** Told by its name, as `AbortSignal.timeout()` does it (DOM standard). */
export function isTimeout(reason: unknown): boolean {
  return (
    typeof reason === "object" && reason !== null && (reason as { name?: unknown }).name === "TimeoutError"
  );
}
