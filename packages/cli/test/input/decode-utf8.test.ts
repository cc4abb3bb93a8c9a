import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeUtf8 } from "../../src/input/decode-utf8.ts";

test("a byte order mark is left out", () => {
  expect(decodeUtf8(Buffer.from("\ufeff{}"))).toBe("{}");
});

describe("bytes that are not UTF-8 are refused with their place", () => {
  test.each([
    ["a byte that begins nothing", [0x61, 0xff], "byte 1 (line 1, column 2) is 0xff"],
    ["a continuation alone", [0x80], "byte 0 (line 1, column 1) is 0x80"],
    ["a sequence cut short by another character", [0x0a, 0xc3, 0x28], "byte 1 (line 2, column 1) is 0xc3"],
    ["a sequence cut short by the end", [0x61, 0xe2, 0x82], "byte 1 (line 1, column 2) is 0xe2"],
    [
      "a short sequence that begins like U+FFFD",
      [0x61, 0xef, 0xbf, 0x41],
      "byte 1 (line 1, column 2) is 0xef",
    ],
    ["an overlong form", [0xc0, 0xaf], "byte 0 (line 1, column 1) is 0xc0"],
    ["a surrogate", [0x61, 0xed, 0xa0, 0x80], "byte 1 (line 1, column 2) is 0xed"],
    ["beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80], "byte 0 (line 1, column 1) is 0xf4"],
    ["after a real U+FFFD", [0xef, 0xbf, 0xbd, 0xff], "byte 3 (line 1, column 2) is 0xff"],
    ["after a character of four bytes", [...Buffer.from("🎉"), 0xff], "byte 4 (line 1, column 2) is 0xff"],
  ])("%s", (_name, bytes, place) => {
    expect(() => decodeUtf8(Uint8Array.from(bytes))).toThrow(place);
  });
});

test("text of any kind is read as it was written", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(decodeUtf8(Buffer.from(`x${text}`))).toBe(`x${text}`);
    }),
  );
});
