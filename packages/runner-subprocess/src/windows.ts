import { spawn } from "node:child_process";

// Windows has no process groups and no signals. Commands are resolved by cross-spawn (PATHEXT, .cmd shims, shebangs);
// a run is stopped by ending its process tree.

export const onWindows = process.platform === "win32";

/** Ends a process and all of its descendants. The tool is started before this returns, so it outlives our own end. */
export function killTree(pid: number): void {
  const tool = spawn("taskkill", ["/PID", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true });
  // Without the tool there is nothing left to try; the run then ends by itself, or core says that it did not stop.
  tool.on("error", () => undefined);
}

/** Environment names are one whatever their case: a later `PATH` replaces an earlier `Path`. */
export function deleteOtherSpellings(environment: Record<string, string | undefined>, name: string): void {
  const folded = name.toUpperCase();
  for (const other of Object.keys(environment)) {
    if (other !== name && other.toUpperCase() === folded) delete environment[other];
  }
}
