import { reasonOf } from "./scope.ts";

/** The longest delay that a Node timer takes, 2^31 - 1 milliseconds. */
const longestMs = 2_147_483_647;

/** Rejects with the signal's reason when it aborts first; leaves neither timer nor listener. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      },
      Math.min(ms, longestMs),
    );
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
