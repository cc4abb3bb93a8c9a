import type { StartedProcess } from "./spawn-command.ts";

export interface Exit {
  /** The exit status, or null when a signal ended it. */
  readonly code: number | null;
  /** The signal's name; "real-time" for one that Node has no name for. */
  readonly signal: NodeJS.Signals | "real-time" | null;
}

/**
 * The leader's end, as `onExit` hears of it in the same turn. Not `close`, which waits for every holder of the
 * output: a grandchild that keeps it delays nobody.
 */
export function waitForExit(child: StartedProcess, onExit: () => void): Promise<Exit> {
  const wasRealTime = watchForRealTimeSignal(child);
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      onExit();
      resolve(wasRealTime() ? { code: null, signal: "real-time" } : { code, signal });
    });
  });
}

type ExitHandle = { onexit?: (code: number, signal: string | null) => void };

/**
 * Node reports the end by a real-time signal (34 to 64 on Linux) as exit status 0, because it has no name for it. Below
 * the public interface the difference is still there: the name is an empty string. A Node without that handle reports
 * as Node does.
 */
function watchForRealTimeSignal(child: StartedProcess): () => boolean {
  const handle = (child as unknown as { _handle?: ExitHandle | null })._handle;
  const original = handle?.onexit;
  let realTime = false;
  if (handle && typeof original === "function") {
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a handle of Node is no event target
    handle.onexit = (code, signal) => {
      realTime = signal === "";
      original(code, signal);
    };
  }
  return () => realTime;
}
