import * as fc from "fast-check";
import { expect, test } from "vitest";
import { escapeControlCharacters, escapeInJson } from "../src/control-characters.ts";

test("control characters become what can be read", () => {
  expect(escapeControlCharacters("a\u001b[31mb\r\n\tc\u009b2Jd\u007f\u202e")).toBe(
    "a\\u001b[31mb\\r\\n\\tc\\u009b2Jd\\u007f\\u202e",
  );
  expect(escapeControlCharacters("grüße 日本 🎉")).toBe("grüße 日本 🎉");
});

test("JSON stays the same JSON, without anything that a terminal obeys", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const escaped = escapeInJson(JSON.stringify({ text }));
      expect(JSON.parse(escaped)).toEqual({ text });
      expect(escapeControlCharacters(escaped)).toBe(escaped);
    }),
  );
});
