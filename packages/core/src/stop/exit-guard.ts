/** What must not outlive this process. */
export interface Killable {
  /** Kills at once; what it starts is done when it returns. */
  forceStop(): void;
}

/**
 * Kills what runs when this process exits by itself: `process.exit()`, an uncaught exception, an unhandled rejection.
 * There is no time left for a grace or a result; stop signals, which leave some, are held elsewhere.
 */
class ExitGuard {
  readonly #live = new Set<Killable>();

  add(run: Killable): void {
    if (this.#live.size === 0) process.on("exit", this.#onExit);
    this.#live.add(run);
  }

  delete(run: Killable): void {
    if (this.#live.delete(run) && this.#live.size === 0) process.removeListener("exit", this.#onExit);
  }

  readonly #onExit = (): void => {
    for (const run of this.#live) run.forceStop();
  };
}

export const exitGuard = new ExitGuard();
