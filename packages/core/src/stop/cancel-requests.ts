import { join } from "node:path";
import { readRegularFile } from "../record/read-regular-file.ts";
import { systemCode } from "../system-error.ts";

/** A file in a run's directory with which another process asks its supervisor to cancel it: `{"reason": "…"}`. */
export const cancelFile = "cancel.json";

const mostBytes = 64 * 1024;

/** Milliseconds between two looks. */
const intervalMs = 250;

interface Cancellable {
  readonly directory: string | null;
  requestCancel(reason: string): void;
}

/** Looks for cancel requests while runs live; one timer for all of them. */
class CancelRequests {
  readonly #live = new Set<Cancellable>();
  #timer: NodeJS.Timeout | undefined;

  add(run: Cancellable): void {
    this.#live.add(run);
    this.#timer ??= setInterval(() => this.#look(), intervalMs).unref();
  }

  delete(run: Cancellable): void {
    this.#live.delete(run);
    if (this.#live.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const run of this.#live) {
      const reason = run.directory === null ? undefined : requestedReason(run.directory);
      if (reason !== undefined) run.requestCancel(reason);
    }
  }
}

export const cancelRequests = new CancelRequests();

/** Anything in its place cancels: the run's own program can write this file too, and may only end itself with it. */
function requestedReason(directory: string): string | undefined {
  const otherwise = "another process asked for it";
  try {
    const { reason } = JSON.parse(readRegularFile(join(directory, cancelFile), mostBytes)) as {
      reason?: unknown;
    };
    return typeof reason === "string" && reason !== "" ? reason : otherwise;
  } catch (error) {
    return systemCode(error) === undefined ? otherwise : undefined;
  }
}
