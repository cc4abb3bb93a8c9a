/** A runner does not do what it must. */
export class ConformanceFailure extends Error {
  override readonly name = "ConformanceFailure";
}

/** Throws a ConformanceFailure unless it holds. */
export function demand(holds: boolean, message: string | (() => string)): asserts holds {
  if (!holds) throw new ConformanceFailure(typeof message === "string" ? message : message());
}

/** What it resolves to, or undefined where that takes longer. No timer stays: the cases count those of a runner. */
export async function resultIn<T>(
  ms: number,
  promise: Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What it resolves to, within so many milliseconds. A failure names what did not happen. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const result = await resultIn(ms, promise);
  if (result === undefined) throw new ConformanceFailure(`${what} within ${ms} ms`);
  return result.value;
}

/** Looks again and again until there is nothing to complain of; otherwise fails with the last complaint. */
export async function eventually(ms: number, complaint: () => string | undefined): Promise<void> {
  const end = performance.now() + ms;
  for (;;) {
    const found = complaint();
    if (found === undefined) return;
    demand(performance.now() < end, found);
    await sleep(10);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** What was thrown, as a sentence. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
