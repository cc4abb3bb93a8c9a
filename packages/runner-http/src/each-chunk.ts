import type { Readable } from "node:stream";

/**
 * Hands a body's chunks over as they come; a promise that `take` returns holds the body until it resolves. Rejects with
 * what the body or `take` fails with, and destroys the body then. An async iterator would cost several times as much.
 */
export function eachChunk(
  body: Readable,
  take: (chunk: Buffer) => Promise<unknown> | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      reject(error instanceof Error ? error : new Error(String(error)));
      body.destroy();
    };
    let held = false;
    let ended = false;
    const letGo = (): void => {
      held = false;
      if (ended) resolve();
      else body.resume();
    };
    body.on("data", (chunk: Buffer) => {
      try {
        const hold = take(chunk);
        if (hold === undefined) return;
        held = true;
        body.pause();
        hold.then(letGo, fail);
      } catch (error) {
        fail(error);
      }
    });
    body.once("end", () => {
      ended = true;
      if (!held) resolve();
    });
    body.on("error", fail);
    // Destroyed without an error, neither `end` nor `error` comes.
    body.once("close", () => {
      if (!ended) reject(new Error("the body was closed before its end"));
    });
  });
}
