import { expect, test } from "vitest";
import { parseSignal } from "../src/signal-name.ts";

test.each(["TERM", "SIGTERM", "term", "sigterm", "15"])("%s means SIGTERM", (text) => {
  expect(parseSignal(text)).toBe("SIGTERM");
});

test.each(["TREM", "0", "", "99"])("%j is no signal, and the refusal lists those that are", (text) => {
  expect(() => parseSignal(text)).toThrow(/is not a signal; known: .*TERM.*KILL|KILL.*TERM/);
});
