import { expect, test } from "vitest";
import { parseDuration } from "../src/duration.ts";

test.each([
  ["30", 30_000],
  ["0", 0],
  ["1.5s", 1500],
  [".5", 500],
  ["5.", 5000],
  ["250ms", 250],
  ["5m", 300_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
])("%s is %d milliseconds", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(["", "-1", "+1", "1e3", "5 m", "m", ".", "5min", "1h30m", "Infinity", "0x10"])(
  "%j is no duration, and the refusal says what is",
  (text) => {
    expect(() => parseDuration(text)).toThrow(`${JSON.stringify(text)} is not a duration; expected a number`);
  },
);

test("a duration beyond what numbers hold is refused", () => {
  expect(() => parseDuration("999999999999d")).toThrow("too long");
});
