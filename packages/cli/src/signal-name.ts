import { constants } from "node:os";
import { Failure } from "./failure.ts";

const numbers = constants.signals;

/** The signal that a name (`TERM`, `SIGTERM`, in any case) or a number means. Throws Failure for any other text. */
export function parseSignal(text: string): NodeJS.Signals {
  const word = text.toUpperCase();
  const names = Object.keys(numbers) as NodeJS.Signals[];
  const found = names.find(
    (name) => name === word || name === `SIG${word}` || String(numbers[name]) === text,
  );
  if (found !== undefined) return found;
  const known = names.map((name) => name.slice(3)).join(", ");
  throw new Failure(`${JSON.stringify(text)} is not a signal; known: ${known}, or their numbers`);
}

export function isSignalName(name: string | undefined): name is NodeJS.Signals {
  return name !== undefined && Object.hasOwn(numbers, name);
}
