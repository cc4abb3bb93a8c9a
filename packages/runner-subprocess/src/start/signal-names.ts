import os from "node:os";

/** The first real-time signal that a program can have (signal(7)): glibc and musl keep 32 and 33, musl 34 too. */
const firstRealTime = 34;

const names = new Map(
  Object.entries(os.constants.signals)
    .map(([name, number]) => [number, name] as const)
    .toReversed(),
);

/** What kill(1) calls it: `SIGTERM`, `SIGRTMIN+3`; undefined where there is no such signal. */
export function signalName(number: number): string | undefined {
  const name = names.get(number);
  if (name !== undefined || number < firstRealTime || number > 64) return name;
  return number === firstRealTime ? "SIGRTMIN" : `SIGRTMIN+${number - firstRealTime}`;
}

/** The number behind such a name. */
export function signalNumber(name: string): number {
  const known = os.constants.signals[name as NodeJS.Signals];
  return known ?? firstRealTime + Number(name.split("+")[1] ?? 0);
}
