import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "../system-error.ts";

/**
 * Makes a folder and its missing parents. Not mkdir's `recursive`, which spins for ever where a folder cannot be made
 * although its parent is there, as below /proc.
 */
export function makeFolders(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" && !isFolder(dirname(path))) {
      makeFolders(dirname(path));
      makeFolders(path);
    } else if (!isFolder(path)) {
      throw error;
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
