import { monotonicMs } from "../clock.ts";

/** Node's timers take at most 2^31 - 1 milliseconds; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** Calls `expire` once `ms` milliseconds have passed on the monotonic clock. Returns what calls it off. */
export function startTimer(ms: number, expire: () => void): () => void {
  const end = monotonicMs() + ms;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const left = end - monotonicMs();
    // Node may fire a fraction of a millisecond early; a deadline never does.
    if (left > 0) timer = setTimeout(wait, Math.min(Math.ceil(left), longestTimer));
    else expire();
  };
  timer = setTimeout(wait, Math.min(Math.ceil(Math.max(ms, 0)), longestTimer));
  return () => clearTimeout(timer);
}
