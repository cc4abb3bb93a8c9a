/** Why a run is stopped. */
export type StopCause = "deadline" | "cancelled";

/** Node's timers take at most 2^31 - 1 milliseconds; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** The two signals of a run as core keeps them: `signal`, and `forceSignal` when the grace after it is over. */
export class StopControl {
  readonly #soft = new AbortController();
  readonly #hard = new AbortController();
  readonly #graceMs: number;
  readonly #deadline: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, graceMs: number) {
    this.#graceMs = graceMs;
    this.#deadline = performance.now() + timeoutMs;
    if (timeoutMs !== Infinity) this.#timer = startTimer(timeoutMs, () => this.abort("deadline"));
  }

  get signal(): AbortSignal {
    return this.#soft.signal;
  }

  get forceSignal(): AbortSignal {
    return this.#hard.signal;
  }

  remainingMs(): number {
    return Math.max(0, this.#deadline - performance.now());
  }

  abort(cause: StopCause): void {
    if (this.#soft.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = startTimer(this.#graceMs, () => this.force());
    this.#soft.abort(
      cause === "deadline"
        ? new DOMException("the run exceeded its timeout", "TimeoutError")
        : new DOMException("the run was cancelled", "AbortError"),
    );
  }

  force(): void {
    this.abort("cancelled");
    clearTimeout(this.#timer);
    this.#hard.abort(this.#soft.signal.reason);
  }

  /** No timer stays. */
  release(): void {
    clearTimeout(this.#timer);
  }
}

function startTimer(ms: number, expire: () => void): NodeJS.Timeout {
  return setTimeout(expire, Math.min(Math.ceil(Math.max(ms, 0)), longestTimer));
}
