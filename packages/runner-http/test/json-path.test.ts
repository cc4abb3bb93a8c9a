import { expect, test } from "vitest";
import { textAt, valueAt } from "../src/json-path.ts";

const document: unknown = JSON.parse(
  '{"a":{"b":[{"c":1},{"c":"two"}]},"n":null,"t":true,"":{"e":1},"__proto__":{"own":"yes"}}',
);

test.each([
  ["a.b.0.c", 1],
  ["a.b.1.c", "two"],
  ["n", null],
  ["a..b.0.c", 1],
  ["__proto__.own", "yes"],
])("%s leads to %j", (path, value) => {
  expect(valueAt(document, path)).toEqual(value);
});

test.each([
  "a.b.2",
  "a.b.-1",
  "a.b.length",
  "a.b.map",
  "a.constructor",
  "a.__proto__",
  "toString",
  "a.b.0.c.d",
  "x.y",
])("%s leads to nothing", (path) => {
  expect(valueAt(document, path)).toBeUndefined();
});

test("only strings, numbers and booleans are text", () => {
  expect(textAt(document, "a.b.0.c")).toBe("1");
  expect(textAt(document, "t")).toBe("true");
  expect(textAt(document, "n")).toBeUndefined();
  expect(textAt(document, "a")).toBeUndefined();
});
