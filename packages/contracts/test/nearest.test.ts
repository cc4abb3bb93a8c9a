import { expect, test } from "vitest";
import { nearestTo, unknownKeySentence } from "@xrt/contracts";

const known = ["stdin", "grace_ms", "stop_signal"];

test.each([
  ["stdn", "stdin"],
  ["STDIN", "stdin"],
  ["grace", "grace_ms"],
  ["stop-signal", "stop_signal"],
])("%s was most likely meant to be %s", (word, nearest) => {
  expect(nearestTo(word, [...known, "grac_"])).toBe(word === "grace" ? "grac_" : nearest);
});

test("a word that is close to none has no nearest", () => {
  expect(nearestTo("colour", known)).toBeUndefined();
  expect(nearestTo("stdin", [])).toBeUndefined();
});

test("the sentence for an unknown key names the nearest and all known keys", () => {
  expect(unknownKeySentence("stdn", known)).toBe(
    'unknown key, did you mean "stdin"? (known: stdin, grace_ms, stop_signal)',
  );
  expect(unknownKeySentence("colour", known)).toBe("unknown key (known: stdin, grace_ms, stop_signal)");
});

test("a key of a million characters is answered at once", () => {
  expect(unknownKeySentence("x".repeat(1_000_000), known)).toContain("unknown key (known: ");
});
