import type { ChildProcess } from "node:child_process";
import type { Invocation, RunContext } from "@xrt/contracts";
import spawn from "cross-spawn";
import type { ChildEnvironment } from "./environment.ts";
import type { SubprocessConfig } from "./metadata.ts";
import type { StandardInput } from "./standard-input.ts";
import { onWindows } from "./windows.ts";

/** A started process: its id is also that of its group, whose leader it is. */
export type StartedProcess = ChildProcess & { readonly pid: number };

/** Starts the command in a session and group of its own. The promise is there only for a failure that spawn tells later. */
export function spawnCommand(
  invocation: Invocation,
  context: RunContext<SubprocessConfig>,
  environment: ChildEnvironment,
  stdin: StandardInput["stdio"],
  output: "capture" | "inherit",
): StartedProcess | Promise<NodeJS.ErrnoException> {
  const [program = "", ...args] = invocation.command;
  const stdout = output === "inherit" ? 1 : context.stdout.fd;
  const stderr = output === "inherit" ? 2 : context.stderr.fd;
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd: invocation.working_directory,
      env: environment,
      stdio: [stdin, stdout, context.config.mergeOutput ? stdout : stderr],
      // setsid(2). On Windows it would open a console window instead.
      detached: !onWindows,
      windowsHide: true,
    });
  } catch (error) {
    return Promise.resolve(error as NodeJS.ErrnoException);
  }
  if (child.pid !== undefined) return child as StartedProcess;
  return new Promise((resolve) => {
    child.once("error", resolve);
  });
}
