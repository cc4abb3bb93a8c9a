import { readdirSync, readFileSync, statSync } from "node:fs";
import os from "node:os";
import { newestId } from "./process-table.ts";
import { withDescriptor } from "./spare-descriptor.ts";

/** Ids that one processor gives out in a millisecond at the very most: a fork takes longer than a hundredth of one. */
const idsPerMs = 100;
/** How many new ids are asked after one by one, before reading the whole list is cheaper. */
const mostAsked = 200;

let wrap: number | undefined;

/** Milliseconds within which ids cannot have begun anew (`/proc/sys/kernel/pid_max`, proc(5)): what is newer has a higher one. */
export function wrapMs(): number {
  wrap ??= readHighest() / (idsPerMs * processors());
  return wrap;
}

function readHighest(): number {
  return Number(withDescriptor(() => readFileSync("/proc/sys/kernel/pid_max", "latin1")));
}

/** All that the machine has: our own affinity binds no run. Without a free descriptor the first list is empty. */
function processors(): number {
  return Math.max(os.cpus().length, os.availableParallelism());
}

interface Listing {
  /** Newest first. */
  readonly ids: readonly number[];
  readonly newest: number;
  readonly at: number;
}

let last: Listing | undefined;

/**
 * The ids of all processes that may be alive above `after`, newest first, and the newest that was given out before we
 * looked. A list that was read a moment ago is used again: what has been started since has a higher id.
 */
export function listProcesses(after: number | null): { readonly ids: number[]; readonly newest: number } {
  const newest = newestId();
  const now = performance.now();
  let listing = last;
  if (
    listing === undefined ||
    now - listing.at > wrapMs() / 2 ||
    newest < listing.newest ||
    newest - listing.newest > mostAsked
  ) {
    listing = { ids: readList(), newest, at: now };
    last = listing;
  }
  const ids: number[] = [];
  const from = Math.max(listing.newest, after ?? 0);
  for (let id = newest; id > from; id -= 1) if (isThere(id)) ids.push(id);
  for (const id of listing.ids) {
    if (after !== null && id <= after) break;
    ids.push(id);
  }
  return { ids, newest };
}

function readList(): number[] {
  return withDescriptor(() => readdirSync("/proc"))
    .map(Number)
    .filter(Number.isInteger)
    .toSorted((a, b) => b - a);
}

/** Cheaper than the error of reading one that is not. */
function isThere(id: number): boolean {
  return statSync(`/proc/${id}`, { throwIfNoEntry: false }) !== undefined;
}
