import { closeSync, openSync } from "node:fs";

/** Held so that a search of /proc is possible also when the host has used up its descriptors. */
let spare: number | undefined;

/** Called before there is anything to search for. Throws where there is no descriptor even for this. */
export function holdSpareDescriptor(): void {
  spare ??= openSync("/dev/null", "r");
}

/** Does something synchronous that opens one file; where there is no descriptor left, with the one that is held for it. */
export function withDescriptor<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (spare === undefined || !isExhausted(error)) throw error;
  }
  closeSync(spare);
  spare = undefined;
  try {
    return act();
  } finally {
    try {
      holdSpareDescriptor();
    } catch {
      // Another thread was quicker. It is held again with the next start.
    }
  }
}

/** Whether the process (EMFILE), or the system (ENFILE, ENOMEM), could not open one more file. */
export function isExhausted(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EMFILE" || code === "ENFILE" || code === "ENOMEM";
}
