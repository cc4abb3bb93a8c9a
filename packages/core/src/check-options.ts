import { showValue, unknownKeySentence } from "@xrt/contracts";
import type { RuntimeOptions } from "./runtime-options.ts";

type Check = readonly [holds: (value: unknown) => boolean, expected: string];

const seconds: Check = [(value) => typeof value === "number" && value > 0, "a number of seconds above 0"];
const flag: Check = [(value) => typeof value === "boolean", "true or false"];
const callback: Check = [(value) => typeof value === "function", "a function"];

const checks: { readonly [K in keyof Required<RuntimeOptions>]: Check } = {
  runners: [(value) => typeof value === "object" && value !== null, "an object of runners by kind"],
  runsDirectory: [(value) => typeof value === "string" && value !== "", "a path"],
  defaultTimeoutSeconds: seconds,
  maxTimeoutSeconds: seconds,
  maxGraceMs: [(value) => typeof value === "number" && value >= 0, "a number of milliseconds, 0 or more"],
  isSecret: callback,
  policy: callback,
  durable: flag,
  handleSignals: flag,
};

/** Throws RangeError for an option that is not known, or has no such value: a misspelt limit must not mean none. */
export function checkOptions(options: RuntimeOptions): void {
  const given: unknown = options;
  if (typeof given !== "object" || given === null) {
    throw new RangeError(`new ExecutorRuntime(options): expected an object, got ${showValue(given)}`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(checks, name)) {
      throw new RangeError(`${name}: ${unknownKeySentence(name, Object.keys(checks))}`);
    }
    const [holds, expected] = checks[name as keyof RuntimeOptions];
    if (value !== undefined && !holds(value)) {
      throw new RangeError(`${name}: expected ${expected}, got ${showValue(value)}`);
    }
  }
}
