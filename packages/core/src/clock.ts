/** Milliseconds on the monotonic clock. Not `performance.now()`: the first use of `performance` costs every start milliseconds. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** A run's clock: wall time is read once, and every later time is the start plus the monotonic time elapsed. */
export class RunClock {
  readonly #startedAt: number;
  readonly #origin: number;

  /** `startedAt`: milliseconds since the epoch, of a run that began under another supervisor; never in the future. */
  constructor(startedAt?: number) {
    const now = Date.now();
    this.#startedAt = Math.min(startedAt ?? now, now);
    this.#origin = monotonicMs() - (now - this.#startedAt);
  }

  elapsedMs(): number {
    return monotonicMs() - this.#origin;
  }

  /** RFC 3339, UTC, milliseconds: `ms` after the start; now without it. */
  timeAt(ms = this.elapsedMs()): string {
    return new Date(Math.min(this.#startedAt + ms, latestDate)).toISOString();
  }
}

/** The last moment that a four-digit year, and so RFC 3339, can tell. */
const latestDate = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
