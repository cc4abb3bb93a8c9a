const longestMs = 30_000;

/** Full jitter: anything between nothing and `baseMs` doubled per failure in a row (from 1 on), 30 s at most. */
export function backoffMs(failures: number, baseMs: number, random: () => number = Math.random): number {
  return random() * Math.min(longestMs, baseMs * 2 ** Math.min(failures - 1, 30));
}
