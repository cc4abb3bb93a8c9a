import { createXrtError, type XrtError } from "@xrt/contracts";
import { describeSpawnFailure, type CommandLine } from "../describe-spawn-failure.ts";
import type { ChildEnvironment } from "../environment.ts";
import { NotExecuted } from "../start/not-executed.ts";
import { refusalCode } from "../start/shell-order.ts";
import type { CommandEnd } from "../start/started.ts";

/** The error for a command that was never executed, with one sentence that says why and what would mend it. */
export async function describeNotStarted(
  cause: NodeJS.ErrnoException,
  command: CommandLine,
  environment: ChildEnvironment,
): Promise<XrtError> {
  const { error } = await describeSpawnFailure(cause, command, environment);
  return createXrtError("ERR_XRT_NOT_STARTED", error?.message ?? cause.message, {
    ...(error === null || error === undefined ? {} : { error }),
    cause,
  });
}

/** The shell that was to become the command says last, in `stderr`, that it did not. Throws NotExecuted then. */
export function throwIfRefused({ code, refused }: CommandEnd, refusal: string | null, stderr: string): void {
  if (refused !== undefined) throw NotExecuted.withCode(refused.code);
  if (refusal === null || (code !== 126 && code !== 127) || !stderr.endsWith(`${refusal}\n`)) return;
  throw NotExecuted.withCode(refusalCode(stderr));
}
