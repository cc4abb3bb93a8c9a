import {
  outcomeProblem,
  type Outcome,
  type RunContext,
  type RunError,
  type TerminalStatus,
} from "@xrt/contracts";
import type { PreparedRun } from "../prepare/prepare-run.ts";
import { Rejection } from "../prepare/rejection.ts";
import type { StopControl, StopRequest } from "../stop/stop-control.ts";
import { classify, messageOf } from "../system-error.ts";

/** Calls the runner and waits for it, or for the end of its grace. Never rejects. */
export async function settleRun(
  prepared: PreparedRun,
  stop: StopControl,
  context: RunContext<unknown>,
): Promise<Outcome> {
  const kind = prepared.invocation.runtime_kind;
  if (stop.request !== undefined) return stopped(stop.request, kind, "before it was started");
  const running = callRunner(prepared, context);
  try {
    const answer: unknown = await Promise.race([running, stop.abandoned]);
    if (answer === "abandoned" && stop.request !== undefined) {
      running.catch((error: unknown) => warnOfLateEnd(kind, context.redact(messageOf(error))));
      const ended = stopped(
        stop.request,
        kind,
        `; its runner did not stop within ${stop.graceMs} ms and was left behind`,
      );
      return { ...ended, error: { code: "runner_did_not_stop", message: ended.error.message } };
    }
    const problem = outcomeProblem(answer);
    if (problem !== undefined) {
      return failed("runner_error", `the runner for ${JSON.stringify(kind)} broke its contract: ${problem}`);
    }
    return complete(answer as Outcome, stop.request, kind);
  } catch (error) {
    if (error instanceof Rejection) return { status: error.status, error: error.runError };
    if (stop.request !== undefined) return stopped(stop.request, kind);
    return {
      status: "failed",
      error: {
        ...classify(error, "runner_error"),
        message: `the runner for ${JSON.stringify(kind)} failed: ${messageOf(error)}`,
      },
    };
  }
}

/** Asynchronous all through, so that a runner that throws at once is no different. */
async function callRunner(
  { runner, invocation, config }: PreparedRun,
  context: RunContext<unknown>,
): Promise<Outcome> {
  let parsed: unknown = config;
  if (config instanceof Promise) {
    parsed = await config;
    // The run may be over by now, left behind by its schema: nothing is started any more.
    context.signal.throwIfAborted();
  }
  return runner.run(invocation, Object.freeze({ ...context, config: parsed }));
}

/** What a stop means where the runner has nothing to add. */
function stopped(request: StopRequest, kind: string, detail = ""): Outcome & { error: RunError } {
  const { cause, reason } = request;
  if (cause === "deadline") {
    const message = `timeout: ${reason.message}${space(detail)}`;
    return { status: "timed_out", error: { code: request.code ?? "deadline", message } };
  }
  if (cause === "limit") {
    return {
      status: "failed",
      error: { code: request.code ?? "limit_exceeded", message: reason.message + space(detail) },
    };
  }
  const code = cause === "supervisor" ? "supervisor_stopped" : "cancelled";
  return {
    status: "cancelled",
    error: { code, message: `the ${kind} run was cancelled${space(detail)}: ${reason.message}` },
  };
}

function space(detail: string): string {
  return detail === "" || detail.startsWith(";") ? detail : ` ${detail}`;
}

/** Fills in what an outcome may leave out, and what core knows better. */
function complete(outcome: Outcome, request: StopRequest | undefined, kind: string): Outcome {
  if (outcome.status === "succeeded") return outcome;
  const error = outcome.error ?? defaultError(outcome.status, request, kind);
  return {
    ...outcome,
    error: request === undefined ? error : attribute(error, outcome.status, request, kind),
  };
}

/** A runner sees a TimeoutError or an AbortError, and cannot tell who asked, or what for. */
function attribute(error: RunError, status: TerminalStatus, request: StopRequest, kind: string): RunError {
  const told = stopped(request, kind);
  const isPlain = error.code === "deadline" || error.code === "cancelled";
  if (!isPlain || told.status !== status || told.error.code === error.code) return error;
  // Whatever limit its sentence may speak of, it was another one.
  const isWrong = request.code !== undefined && !error.message.includes(request.reason.message);
  return { ...error, code: told.error.code, message: isWrong ? told.error.message : error.message };
}

function defaultError(status: TerminalStatus, request: StopRequest | undefined, kind: string): RunError {
  if (request !== undefined) {
    const ended = stopped(request, kind);
    if (ended.status === status) return ended.error;
  }
  const message = `the runner for ${JSON.stringify(kind)} answered ${status} without saying why`;
  if (status === "timed_out") return { code: "deadline", message: `timeout: ${message}` };
  return { code: status === "cancelled" ? "cancelled" : "runner_error", message };
}

function failed(code: RunError["code"], message: string): Outcome {
  return { status: "failed", error: { code, message } };
}

function warnOfLateEnd(kind: string, message: string): void {
  process.emitWarning(`a runner for ${JSON.stringify(kind)} that had been left behind failed: ${message}`, {
    code: "XRT_LATE_RUNNER",
  });
}
