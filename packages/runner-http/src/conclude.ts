import type { Artifact, Outcome, RunContext, RunError } from "@xrt/contracts";
import { Fault } from "./fault.ts";
import type { Report } from "./report.ts";
import { reasonOf } from "./scope.ts";

type Ending = Pick<Outcome, "status"> & {
  readonly exit_code: number | null;
  readonly error: RunError | null;
};

/** The outcome, with what the report knows besides. */
export function conclude(
  ending: Ending,
  report: Report,
  context: RunContext<unknown>,
  more: readonly Artifact[] = [],
): Outcome {
  // Nothing was sent: there is nothing to tell.
  if (ending.status === "rejected") return ending;
  let artifacts: Artifact[] = [];
  try {
    artifacts = report.artifacts(context);
  } catch (error) {
    const message = `the response headers cannot be kept: ${messageOf(error)}`;
    context.emit({ type: "warning", code: "storage", message });
  }
  return { ...ending, artifacts: [...artifacts, ...more], metadata: report.metadata() };
}

/** How a run ends that threw: by its deadline, by a cancel, or by a fault. */
export function endingOf(error: unknown, report: Report, context: RunContext<unknown>): Ending {
  if (error instanceof Fault && (error.details.status === "rejected" || !context.signal.aborted)) {
    const { status = "failed", transient } = error.details;
    return {
      status,
      exit_code: null,
      error: { code: error.code, message: error.message, ...(transient === true ? { retryable: true } : {}) },
    };
  }
  if (context.signal.aborted) return stoppedEnding(report, context);
  return {
    status: "failed",
    exit_code: null,
    error: { code: "runner_error", message: `http error: ${messageOf(error)}` },
  };
}

/** The deadline passed, or somebody cancelled, in the report's phase. */
export function stoppedEnding(report: Report, { signal }: RunContext<unknown>): Ending {
  const reason = reasonOf(signal);
  const remote =
    report.remoteStatus === undefined
      ? ""
      : `; the remote run was last seen as ${JSON.stringify(report.remoteStatus)}`;
  const told = `${reason.message} (phase: ${phaseName(report)})${remote}`;
  return reason.name === "TimeoutError"
    ? { status: "timed_out", exit_code: null, error: { code: "deadline", message: `timeout: ${told}` } }
    : { status: "cancelled", exit_code: null, error: { code: "cancelled", message: `cancelled: ${told}` } };
}

/** Between two polls it is the polling that ran out of time. */
function phaseName({ phase }: Report): string {
  return phase === "sleep" ? "poll, waiting for the next one" : phase;
}

export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  return typeof error === "string" ? error : `a thrown ${typeof error}`;
}
