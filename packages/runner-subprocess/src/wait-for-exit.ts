import type { StartedProcess } from "./spawn-command.ts";

export interface Exit {
  /** The exit status, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * The leader's end, as `onExit` hears of it in the same turn. Not `close`, which waits for every holder of the
 * output: a grandchild that keeps it delays nobody.
 */
export function waitForExit(child: StartedProcess, onExit: () => void): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      onExit();
      resolve({ code, signal });
    });
  });
}
