import { constants } from "node:os";
/** What must stop when the supervisor is told to. */
export interface Stoppable {
  stopForSignal(signal: NodeJS.Signals): void;
  /** Kills at once; what it starts is done when it returns. */
  forceStop(): void;
  readonly ended: Promise<unknown>;
}

const stopSignals = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const;

/**
 * One listener a signal for the whole process, however many runtimes, or copies of this package, it holds: with one
 * each they would take each other for the host's, and nobody would raise the signal again.
 */
class StopSignals {
  readonly #live = new Set<Stoppable>();
  #listening = false;
  #stopping = false;
  /** Set while we are about to die by it: a run that starts now would outlive us. */
  #dyingBy: NodeJS.Signals | undefined;

  add(run: Stoppable): void {
    this.#listen();
    this.#live.add(run);
    if (this.#dyingBy !== undefined) run.stopForSignal(this.#dyingBy);
  }

  delete(run: Stoppable): void {
    if (!this.#live.delete(run) || this.#live.size > 0 || this.#stopping) return;
    this.#unlisten();
  }

  readonly #listener = (signal: NodeJS.Signals): void => {
    const hostListens = process.listenerCount(signal) > 1;
    const runs = [...this.#live];
    if (this.#stopping) {
      for (const run of runs) {
        // One that started after the first signal, under a host that listens, has not been told to stop yet.
        run.stopForSignal(signal);
        run.forceStop();
      }
      if (!hostListens) this.#raise(signal);
      return;
    }
    this.#stopping = true;
    if (!hostListens) this.#dyingBy = signal;
    for (const run of runs) run.stopForSignal(signal);
    void this.#finish(runs, signal);
  };

  async #finish(runs: readonly Stoppable[], signal: NodeJS.Signals): Promise<void> {
    await Promise.all(runs.map((run) => run.ended));
    if (this.#dyingBy !== undefined) {
      // What began since has been stopped before it was started. Once: a host may begin one run after the other for ever.
      await Promise.all([...this.#live].map((run) => run.ended));
    }
    this.#stopping = false;
    if (this.#live.size === 0) this.#unlisten();
    if (this.#dyingBy !== undefined) this.#raise(signal);
  }

  /** Ahead of the host's listeners: of those, one that is made with `once` is gone by the time it has run. */
  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    for (const signal of stopSignals) process.prependListener(signal, this.#listener);
  }

  #unlisten(): void {
    this.#listening = false;
    for (const signal of stopSignals) process.removeListener(signal, this.#listener);
  }

  /** Ends the process the way the signal would have ended it without us. */
  #raise(signal: NodeJS.Signals): void {
    this.#unlisten();
    process.kill(process.pid, signal);
    // The first process of a container is sent no signal that it does not listen to (pid_namespaces(7)), and goes as a shell would.
    if (process.pid === 1) process.exit(128 + constants.signals[signal]);
  }
}

const key = Symbol.for("xrt.stop-signals/1");

export function sharedStopSignals(): Pick<StopSignals, "add" | "delete"> {
  const shared = globalThis as { [key]?: StopSignals };
  shared[key] ??= new StopSignals();
  return shared[key];
}
