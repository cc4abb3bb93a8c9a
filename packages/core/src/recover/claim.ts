import { linkSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import type { Supervisor } from "@xrt/contracts";
import { readRegularFile } from "../record/read-regular-file.ts";
import { writeTemporary } from "../record/write-document.ts";
import { isIdentity, ownIdentity } from "../stop/supervisor-identity.ts";
import { systemCode } from "../system-error.ts";
import { presenceOf } from "./presence.ts";

const claimName = /^recovery-([1-9]\d{0,14})\.json$/;
const mostBytes = 64 * 1024;

/** The right to recover a run. */
export interface Claim {
  /** Gives it back. Throws the system's error. */
  release(): void;
}

/**
 * Claims are numbered, and made by link(2), which fails where the name is taken and shows the content at once and whole. The
 * highest counts. A dead claimer's is not removed, which two could do to each other's, but outnumbered: only one can make
 * the next number. Whoever has a claim looks at the run again before anything is done: it may have been recovered meanwhile.
 *
 * Returns who has it instead, where that one lives or cannot be told dead; null for one who was just quicker. Throws the system's error.
 */
export function claim(directory: string): Claim | { readonly heldBy: Supervisor | null } {
  const highest = Math.max(0, ...claimsIn(directory));
  const holder = highest === 0 ? null : readClaim(directory, highest);
  if (holder !== null && presenceOf(holder) !== "gone") return { heldBy: holder };
  const file = join(directory, `recovery-${highest + 1}.json`);
  const temporary = join(directory, `.recovery-${randomUUID()}.tmp`);
  writeTemporary(temporary, `${JSON.stringify(ownIdentity())}\n`, { durable: false, mode: 0o600 });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    return { heldBy: readClaim(directory, highest + 1) };
  } finally {
    rmSync(temporary, { force: true });
  }
  return { release: () => release(directory, highest + 1) };
}

/** Whether somebody who is not known to be dead is recovering a run. */
export function isClaimed(directory: string): boolean {
  let numbers: number[];
  try {
    numbers = claimsIn(directory);
  } catch {
    // The run, or whoever cleans up, has taken its directory away: nobody can recover it.
    return false;
  }
  const holder = numbers.length === 0 ? null : readClaim(directory, Math.max(...numbers));
  return holder !== null && presenceOf(holder) !== "gone";
}

/** Our own last: as long as it is there, nobody else begins. */
function release(directory: string, own: number): void {
  const earlier = claimsIn(directory).filter((number) => number < own);
  for (const number of [...earlier, own]) {
    rmSync(join(directory, `recovery-${number}.json`), { force: true, recursive: true });
  }
}

function claimsIn(directory: string): number[] {
  return readdirSync(directory).flatMap((name) => Number(claimName.exec(name)?.[1] ?? []));
}

/** Null for what no claimer wrote: a run's own program may have put anything there. */
function readClaim(directory: string, number: number): Supervisor | null {
  try {
    const value: unknown = JSON.parse(readRegularFile(join(directory, `recovery-${number}.json`), mostBytes));
    return isIdentity(value) ? value : null;
  } catch {
    return null;
  }
}
