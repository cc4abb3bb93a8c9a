export interface ScopeOptions {
  /** What ends it at once. */
  readonly signal?: AbortSignal | undefined;
  /** What ends it after `lingerMs`; default at once. */
  readonly after?: AbortSignal | undefined;
  readonly lingerMs?: number | undefined;
  /** It ends by itself after so many milliseconds. */
  readonly limitMs?: number | undefined;
}

/**
 * An AbortSignal of our own that follows others, and lets go of them when it is disposed of: a caller's signal that lives
 * through a thousand runs must not collect a thousand listeners.
 */
export class Scope implements Disposable {
  readonly #controller = new AbortController();
  readonly #cleanups: (() => void)[] = [];
  readonly #after: AbortSignal | undefined;
  #lingerMs: number;

  constructor({ signal, after, lingerMs = 0, limitMs }: ScopeOptions) {
    this.#after = after;
    this.#lingerMs = lingerMs;
    if (signal !== undefined) this.#follow(signal, () => this.#abortAfterIo(signal.reason));
    if (after !== undefined) this.#follow(after, () => this.#abortLater(after.reason, this.#lingerMs));
    if (limitMs !== undefined) {
      const reason = new DOMException(`it took longer than ${Math.round(limitMs)} ms`, "TimeoutError");
      this.#abortLater(reason, limitMs);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on `after` ends it at once; also when it was aborted already, and is waited with. */
  hasten(): void {
    this.#lingerMs = 0;
    if (this.#after?.aborted === true) this.#abortAfterIo(this.#after.reason);
  }

  [Symbol.dispose](): void {
    for (const cleanup of this.#cleanups) cleanup();
    this.#cleanups.length = 0;
  }

  #follow(signal: AbortSignal, onAbort: () => void): void {
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    this.#cleanups.push(() => signal.removeEventListener("abort", onAbort));
  }

  /** What has arrived already is read first: an event loop that was starved past the deadline is not a timeout. */
  #abortAfterIo(reason: unknown): void {
    let turns = 2;
    const next = (): void => {
      turns -= 1;
      if (turns === 0) this.#controller.abort(reason);
      else immediate = setImmediate(next);
    };
    let immediate = setImmediate(next);
    this.#cleanups.push(() => clearImmediate(immediate));
  }

  #abortLater(reason: unknown, ms: number): void {
    if (ms <= 0) {
      this.#abortAfterIo(reason);
      return;
    }
    const timer = setTimeout(() => this.#controller.abort(reason), ms);
    this.#cleanups.push(() => clearTimeout(timer));
  }
}

/** The promise's value, or the signal's reason as soon as it aborts: what is left behind is awaited by nobody. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(reasonOf(signal));
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new DOMException(String(reason), "AbortError");
}
