const stopSignals = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const;

/** Notes the first stop signal that this process gets. The runtime listens itself, and stops the run. */
export interface StopSignalWatch {
  /** The signal; null as long as there was none. */
  readonly received: NodeJS.Signals | null;
  /** Resolves with the next one. */
  next(): Promise<NodeJS.Signals>;
  /** From here on a stop signal ends the process as usual. */
  stop(): void;
}

/**
 * Having a listener of our own keeps the runtime from dying by the signal once its run has stopped: there is still a
 * result to be written.
 */
export function watchStopSignals(): StopSignalWatch {
  let received: NodeJS.Signals | null = null;
  let arrival = Promise.withResolvers<NodeJS.Signals>();
  const listener = (signal: NodeJS.Signals): void => {
    received ??= signal;
    arrival.resolve(signal);
    arrival = Promise.withResolvers();
  };
  for (const signal of stopSignals) process.on(signal, listener);
  return {
    get received() {
      return received;
    },
    next: () => arrival.promise,
    stop() {
      for (const signal of stopSignals) process.removeListener(signal, listener);
    },
  };
}
