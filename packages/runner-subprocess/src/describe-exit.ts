import { outcome, type Invocation, type Outcome, type RunContext } from "@xrt/contracts";
import type { SubprocessConfig } from "./metadata.ts";
import type { Ending } from "./see-through.ts";
import { isTimeout } from "./stop-process.ts";
import { signalNumber } from "./start/signal-names.ts";
import type { CommandEnd } from "./start/started.ts";

/** The outcome's status, exit code, signal and error. */
export function describeExit(
  ending: Ending,
  invocation: Invocation,
  context: RunContext<SubprocessConfig>,
  output: "capture" | "inherit",
): Outcome {
  const { code, signal, stopSent, inputFailure } = ending;
  const name = JSON.stringify(invocation.command[0]);
  const facts = { exit_code: exitCode(ending), signal };
  if (stopSent !== null) return { ...facts, ...describeStop(ending, stopSent, name, invocation, context) };
  if (inputFailure !== null) {
    const message = `the input broke off: ${inputFailure.message}; ${name} was killed, as it had got only a part`;
    return outcome.failed("payload_unreadable", message, facts);
  }
  if (code === 0) return outcome.succeeded(facts);
  const where = output === "capture" ? describeOutput(context) : "";
  if (signal === null)
    return outcome.failed("exit_status", `${name} exited with status ${code}${where}`, facts);
  return outcome.failed("killed_by_signal", `${name} was killed by ${signal}${where}`, facts);
}

/** The process's own, or 128 + n after signal n, as a shell has it (POSIX, Shell Command Language 2.8.2). */
function exitCode({ code, signal }: CommandEnd): number | null {
  if (signal === null) return code;
  return 128 + signalNumber(signal);
}

function describeStop(
  exit: CommandEnd,
  sent: NodeJS.Signals,
  name: string,
  { timeout_seconds: seconds }: Invocation,
  context: RunContext<SubprocessConfig>,
): Outcome {
  const reason: unknown = context.signal.reason ?? context.forceSignal.reason;
  const why = reason instanceof Error ? reason.message : String(reason);
  const how = `${sent === "SIGKILL" ? "killed" : "stopped"} with ${sent}${describeOtherEnd(exit, sent)}`;
  if (!isTimeout(reason)) {
    const message = `${name} was cancelled (${why}): it was ${how}`;
    return { status: "cancelled", error: { code: "cancelled", message } };
  }
  // A caller's own AbortSignal.timeout() may come before the deadline of the invocation.
  const message =
    seconds === null || context.remainingMs() > 0
      ? `${why}: ${name} was ${how}`
      : `process exceeded timeout of ${seconds} seconds: ${name} was ${how}; give it a longer timeout if it needs one`;
  return { status: "timed_out", error: { code: "deadline", message } };
}

/** What is worth saying where a process did not simply die of the signal. */
function describeOtherEnd({ code, signal }: CommandEnd, sent: NodeJS.Signals): string {
  if (signal === null) return ` and exited with status ${code}`;
  return signal === sent ? "" : ` and died of ${signal}`;
}

function describeOutput({ config, stdout, stderr }: RunContext<SubprocessConfig>): string {
  return config.mergeOutput ? `; its output is in ${stdout.path}` : `; its stderr is in ${stderr.path}`;
}
