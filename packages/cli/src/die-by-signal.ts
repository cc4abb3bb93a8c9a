import { constants } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** How long the system may take to deliver a signal to ourselves, in milliseconds, before we leave by exit status. */
const deliveryLimit = 1000;

/**
 * Ends this process as the signal would, so that a shell and every other parent sees the truth (the convention that
 * https://www.cons.org/cracauer/sigint.html explains). Does not return. Where the signal cannot end us (the first process of a container
 * ignores it), the status is 128 + its number.
 */
export async function dieBySignal(signal: NodeJS.Signals): Promise<never> {
  if (signal !== "SIGKILL") restoreDefault(signal);
  process.kill(process.pid, signal);
  await delay(deliveryLimit);
  process.exit(128 + constants.signals[signal]);
}

const ignore = (): void => undefined;

/** Also where Node ignores it (SIGPIPE, SIGXFSZ) or has other plans (SIGUSR1): libuv restores the default after the last listener. */
function restoreDefault(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.on(signal, ignore);
  process.removeListener(signal, ignore);
}
