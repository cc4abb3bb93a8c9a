import type { ChildProcess } from "node:child_process";
import spawn from "cross-spawn";
import { onWindows } from "../windows.ts";
import { asStarted } from "./start-directly.ts";
import { descriptor, type Started, type PlainRequest } from "./started.ts";

/** Spawns the command itself, in a session and group of its own: where there is no Linux, there is nothing to mark it with. */
export function startPlainly({ command, stdin, stdout, stderr }: PlainRequest): Started | Promise<never> {
  const [program = "", ...args] = command.argv;
  const child: ChildProcess = spawn(program, args, {
    cwd: command.directory,
    env: command.environment,
    stdio: [stdin, stdout, stderr === "stdout" ? stdout : stderr].map(descriptor),
    // setsid(2). On Windows it would open a console window instead.
    detached: !onWindows,
    windowsHide: true,
  });
  const { pid } = child;
  if (pid !== undefined) return asStarted(child, pid);
  return new Promise((_resolve, reject) => {
    child.once("error", reject);
  });
}
