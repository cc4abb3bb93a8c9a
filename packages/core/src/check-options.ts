import { showValue, unknownKeySentence } from "@xrt/contracts";
import type { RunOptions, RuntimeOptions } from "./runtime-options.ts";

type Check = readonly [holds: (value: unknown) => boolean, expected: string];

const seconds: Check = [(value) => typeof value === "number" && value > 0, "a number of seconds above 0"];
const flag: Check = [(value) => typeof value === "boolean", "true or false"];
const callback: Check = [(value) => typeof value === "function", "a function"];

const runChecks: { readonly [K in keyof Required<RunOptions>]: Check } = {
  signal: [isSignal, "an AbortSignal"],
  onEvent: callback,
  input: [isInput, "a string, bytes, a stream of bytes or an async iterable of bytes"],
  secretEnvironment: [(value) => typeof value === "object" && value !== null, "an object of strings"],
  runner: [(value) => typeof value === "object" && value !== null, "a runner"],
};

/** Not by its class: another realm has its own. */
function isSignal(value: unknown): boolean {
  const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
  return typeof aborted === "boolean" && typeof addEventListener === "function";
}

function isInput(value: unknown): boolean {
  if (typeof value === "string" || value instanceof Uint8Array) return true;
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

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
  check(options, checks, "new ExecutorRuntime(options)");
}

/** The same for the options of one run. Values are not shown: they may be secret. */
export function checkRunOptions(options: RunOptions): void {
  check(options, runChecks, "run(invocation, options)", (value) =>
    value === null ? "null" : `${typeof value === "object" ? "an" : "a"} ${typeof value}`,
  );
}

function check(
  given: unknown,
  known: Readonly<Record<string, Check>>,
  of: string,
  show: (value: unknown) => string = showValue,
): void {
  if (typeof given !== "object" || given === null) {
    throw new RangeError(`${of}: expected an object, got ${show(given)}`);
  }
  for (const [name, value] of Object.entries(given)) {
    const found = Object.hasOwn(known, name) ? known[name] : undefined;
    if (found === undefined) throw new RangeError(`${name}: ${unknownKeySentence(name, Object.keys(known))}`);
    const [holds, expected] = found;
    if (value !== undefined && !holds(value)) {
      throw new RangeError(`${name}: expected ${expected}, got ${show(value)}`);
    }
  }
}
