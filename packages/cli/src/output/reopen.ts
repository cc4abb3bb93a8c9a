import { constants, openSync } from "node:fs";

/**
 * A second, non-blocking way into the pipe or terminal behind a descriptor. O_NONBLOCK belongs to the open file
 * description, which other programs share; opening it anew gives us our own. Where that is refused (another user's
 * pipe, no /proc) the descriptor itself is returned.
 */
export function reopenWithoutBlocking(descriptor: number): number {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    return openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    // ENXIO (a pipe without a reader: writing will tell), EACCES, ENOENT: the shared one works too.
    return descriptor;
  }
}
