import { expect, test } from "vitest";
import { showValue } from "@xrt/contracts";

test.each([
  [undefined, "nothing"],
  [null, "null"],
  ["a\nb", '"a\\nb"'],
  [true, "true"],
  [1.5, "1.5"],
  [Number.NaN, "NaN"],
  [10n, "10"],
  [Symbol("s"), "Symbol(s)"],
  [() => 1, "a function"],
  [[], "an empty array"],
  [[1], "an array"],
  [{ a: 1 }, "an object"],
])("shows %s as %s", (value, shown) => {
  expect(showValue(value)).toBe(shown);
});

test("cuts a long string", () => {
  expect(showValue("x".repeat(1000))).toHaveLength(81);
});
