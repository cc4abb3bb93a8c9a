import { setTimeout as delay } from "node:timers/promises";
import type { Relay } from "./relay.ts";

/** Milliseconds between two looks at a reader that is slow. */
const interval = 100;

/**
 * Waits until the relays have passed on everything; or, with a `patience` in milliseconds, until nothing has moved for
 * so long.
 */
export async function drain(relays: readonly Relay[], patience: number): Promise<void> {
  const all = Promise.all(relays.map((relay) => relay.done));
  await (patience === Infinity ? all : Promise.race([all, standstill(relays, patience)]));
}

async function standstill(relays: readonly Relay[], patience: number): Promise<void> {
  const began = performance.now();
  for (;;) {
    const moved = Math.max(began, ...relays.map((relay) => relay.movedAt));
    const left = moved + patience - performance.now();
    if (left <= 0 || relays.every((relay) => relay.ended)) return;
    await delay(Math.min(left, interval));
  }
}
