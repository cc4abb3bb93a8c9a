/** One way of doing the work: a round of it, in seconds. */
export interface Contender {
  readonly name: string;
  readonly round: () => Promise<number>;
}

export interface Comparison {
  /** Median seconds of a round, by contender. */
  readonly seconds: ReadonlyMap<string, number>;
  /** Median over rounds of (first contender's time / each contender's time). */
  readonly ratios: ReadonlyMap<string, number>;
}

/** Runs the contenders in turn, so that a machine that slows down slows all of them; the first is the measure. */
export async function interleave(contenders: readonly Contender[], rounds: number): Promise<Comparison> {
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (const { round } of contenders) await round();
  for (let n = 0; n < rounds; n += 1) {
    for (const { name, round } of contenders) times.get(name)?.push(await round());
  }
  const measure = times.get(contenders[0]?.name ?? "") ?? [];
  const ratio = (own: number[]): number => median(own.map((time, n) => (measure[n] ?? Number.NaN) / time));
  return {
    seconds: new Map([...times].map(([name, own]) => [name, median(own)])),
    ratios: new Map([...times].map(([name, own]) => [name, ratio(own)])),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
