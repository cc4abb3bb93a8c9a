import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { eventsFile } from "../events/event-log.ts";
import { messageOf } from "../system-error.ts";

/** The directory itself where it is a run's, else the directories in it, in the order of their names. Throws where it cannot be read. */
export function runDirectories(directory: string): string[] {
  if (lstatSync(join(directory, eventsFile), { throwIfNoEntry: false }) !== undefined) return [directory];
  try {
    // Not through links: a run may have put one there, and what it leads to is somebody else's.
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(directory, name))
      .toSorted();
  } catch (error) {
    throw new Error(`the runs in ${directory} cannot be listed: ${messageOf(error)}`, { cause: error });
  }
}
