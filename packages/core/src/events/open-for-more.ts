import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { writeAll } from "../record/write-document.ts";

const newline = 0x0a;

/** Opens a file of lines for appending. A last line that was torn is ended first, or what follows would join it. */
export function openForMore(path: string): number {
  const { O_RDWR, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = openSync(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    const last = Buffer.alloc(1);
    if (stats.size > 0 && readSync(fd, last, 0, 1, stats.size - 1) === 1 && last[0] !== newline)
      writeAll(fd, "\n");
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
