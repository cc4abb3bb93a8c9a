import { expect, test } from "vitest";
import { uuidV7 } from "../src/uuid-v7.ts";

test("has version 7 and the variant of RFC 9562", () => {
  for (let i = 0; i < 200; i += 1) {
    expect(uuidV7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test("begins with the Unix time in milliseconds, as the RFC's own example does", () => {
  expect(uuidV7(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7/);
});

test("sorts by time as text", () => {
  const times = [0, 1, 2 ** 32 - 1, 2 ** 32, Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1) + 1, 2 ** 48 - 1];
  const ids = times.map((time) => uuidV7(time));
  expect(ids.toSorted()).toEqual(ids);
});

test("is different each time within one millisecond", () => {
  const ids = new Set(Array.from({ length: 1000 }, () => uuidV7(1)));
  expect(ids.size).toBe(1000);
});
