import { expect, test } from "vitest";
import { SubprocessRunner, type SubprocessOptions } from "../src/index.ts";

function refusal(options: unknown): string {
  try {
    return `none, and graceMs is ${new SubprocessRunner(options as SubprocessOptions).graceMs}`;
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message;
  }
}

test("a wrong option is refused by name, with what was expected and what came", () => {
  expect(refusal({ graceMs: -1 })).toContain(
    "graceMs: expected a number of milliseconds of at least 0, got -1",
  );
  expect(refusal({ graceMs: 1.5 })).toContain("graceMs: expected a whole number of milliseconds, got 1.5");
  expect(refusal({ graceMs: 3_000_000_000 })).toContain(
    "graceMs: expected a number of milliseconds of at most",
  );
  expect(refusal({ stopSignal: "SIGFOO" })).toContain("stopSignal: expected the name of a signal");
  expect(refusal({ leftovers: "maybe" })).toContain('leftovers: expected "kill" or "leave", got "maybe"');
  expect(refusal({ inheritEnvironment: [1] })).toContain(
    "inheritEnvironment: expected true, false or an array of names",
  );
});

test("an unknown option is refused with the known ones", () => {
  expect(refusal({ grace: 5 })).toContain("unknown options");
  expect(refusal({ grace: 5 })).toContain("graceMs");
});

test("an option that is undefined counts as left out", () => {
  const runner = new SubprocessRunner({ graceMs: undefined, leftovers: undefined });
  expect(runner.graceMs).toBe(5000);
});
