/** The promise's value, or the signal's reason as soon as it aborts. No listener stays behind. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Goes through `source` until the signal aborts, also while it is searching and has nothing to yield. Throws the reason. */
export async function* iterateUntilAborted<T>(
  source: AsyncIterator<T, unknown>,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  try {
    for (;;) {
      const step = await untilAborted(source.next(), signal);
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    // Not awaited: a generator takes it only after the step that it is still busy with, whose failure nobody needs.
    source.return?.().catch(() => undefined);
  }
}
