import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/**
 * The text of a regular file in a run directory, where the run's own program may put anything: no link is followed and
 * no pipe is waited for. Throws the system's error, or one without a code for what is no file or has more than `most` bytes.
 */
export function readRegularFile(path: string, most = Infinity): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    if (stats.size > most) throw new Error(`${path} has ${stats.size} bytes; at most ${most} are read`);
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}
