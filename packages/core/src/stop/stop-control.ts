import type { CoreEvent, ErrorCode } from "@xrt/contracts";
import { startTimer } from "./deadline.ts";

export type StopCause = Extract<CoreEvent, { type: "stopping" }>["cause"];

export interface StopRequest {
  readonly cause: StopCause;
  /** What the result's error is called, where the cause alone does not say it. */
  readonly code?: ErrorCode;
  /** `TimeoutError` or `AbortError`. */
  readonly reason: Error;
}

/** How long core waits for a runner after `forceSignal`. Milliseconds. */
const lastWaitMs = 1000;

/** The stopping of one run: `signal`, after the grace `forceSignal`, a second later core goes on without the runner. */
export class StopControl {
  readonly #soft = new AbortController();
  readonly #hard = new AbortController();
  readonly #graceMs: number;
  readonly #onStop: (request: StopRequest, graceMs: number) => void;
  #request: StopRequest | undefined;
  #released = false;
  #abandon: (() => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  /** Resolves when the runner has not settled a second after `forceSignal`. */
  readonly abandoned = new Promise<"abandoned">((resolve) => {
    this.#abandon = () => resolve("abandoned");
  });

  constructor(graceMs: number, onStop: (request: StopRequest, graceMs: number) => void) {
    this.#graceMs = graceMs;
    this.#onStop = onStop;
  }

  get signal(): AbortSignal {
    return this.#soft.signal;
  }

  get forceSignal(): AbortSignal {
    return this.#hard.signal;
  }

  get graceMs(): number {
    return this.#graceMs;
  }

  /** The first request to stop; later ones change nothing. */
  get request(): StopRequest | undefined {
    return this.#request;
  }

  stop(request: StopRequest): void {
    if (this.#request !== undefined || this.#released) return;
    this.#request = request;
    this.#cancelTimer = startTimer(this.#graceMs, () => this.force());
    this.#onStop(request, this.#graceMs);
    this.#soft.abort(request.reason);
  }

  /** Ends the grace now. */
  force(): void {
    if (this.#hard.signal.aborted || this.#released) return;
    this.#cancelTimer?.();
    this.#cancelTimer = startTimer(lastWaitMs, () => this.#abandon?.());
    this.#hard.abort(this.#soft.signal.reason);
  }

  /** The runner has settled: no timer stays, and there is nothing left to stop. */
  release(): void {
    this.#released = true;
    this.#cancelTimer?.();
  }
}

/** A caller's abort as a request: a reason named `TimeoutError` is a deadline, anything else a cancel. */
export function callerRequest(reason: unknown): StopRequest {
  if (reason instanceof Error && reason.name === "TimeoutError") return { cause: "deadline", reason };
  return cancelRequest("cancelled", describeReason(reason), reason);
}

export function cancelRequest(cause: StopCause, message: string, original?: unknown): StopRequest {
  const reason = new DOMException(message, "AbortError");
  if (original !== undefined) Object.defineProperty(reason, "cause", { value: original });
  return { cause, reason };
}

export function deadlineRequest(kind: string, seconds: number): StopRequest {
  const message = `the ${kind} run exceeded its timeout of ${seconds} seconds`;
  return { cause: "deadline", reason: new DOMException(message, "TimeoutError") };
}

export function idleRequest(kind: string, seconds: number): StopRequest {
  const message = `the ${kind} run printed nothing for ${seconds} seconds, as long as its limits.idle_seconds allows`;
  return { cause: "deadline", code: "idle", reason: new DOMException(message, "TimeoutError") };
}

export function limitRequest(kind: string, bytes: number): StopRequest {
  const message = `the ${kind} run printed more than the ${bytes} bytes that its limits.output_bytes allows; what it had printed is kept`;
  return { ...cancelRequest("limit", message), code: "limit_exceeded" };
}

const emptyAbortMessage = "This operation was aborted";

function describeReason(reason: unknown): string {
  if (typeof reason === "string" && reason !== "") return reason;
  // `controller.abort()` without a reason makes an AbortError whose message says nothing.
  if (reason instanceof Error && reason.message !== "" && reason.message !== emptyAbortMessage)
    return reason.message;
  return "the caller aborted it";
}
