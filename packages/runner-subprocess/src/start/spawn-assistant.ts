import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";

/**
 * A process of our own, in a session of its own. Undefined where the system has none for it: of some errors spawn tells,
 * and others it throws (ENOMEM), but what we have for ourselves must never end the host.
 */
export function spawnAssistant(
  program: string,
  args: readonly string[],
  { stdio, env }: { stdio: StdioOptions; env: NodeJS.ProcessEnv },
): ChildProcess | undefined {
  let child: ChildProcess;
  try {
    child = spawn(program, args, { stdio, env, cwd: "/", detached: true });
  } catch {
    return undefined;
  }
  // Said by the missing id; and later by a signal that could not be sent. An event without a listener is thrown.
  child.on("error", () => undefined);
  return child.pid === undefined ? undefined : child;
}
