import { showValue } from "@xrt/contracts";
import type { RuntimeOptions } from "./runtime-options.ts";

/** Throws RangeError for a number that no run could be held to. */
export function checkOptions(options: RuntimeOptions): void {
  atLeast(
    "defaultTimeoutSeconds",
    options.defaultTimeoutSeconds,
    Number.MIN_VALUE,
    "a number of seconds above 0",
  );
  atLeast("maxTimeoutSeconds", options.maxTimeoutSeconds, Number.MIN_VALUE, "a number of seconds above 0");
  atLeast("maxGraceMs", options.maxGraceMs, 0, "a number of milliseconds, 0 or more");
}

function atLeast(name: string, value: unknown, least: number, expected: string): void {
  if (value === undefined || (typeof value === "number" && value >= least)) return;
  throw new RangeError(`${name}: expected ${expected}, got ${showValue(value)}`);
}
