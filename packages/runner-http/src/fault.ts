import type { ErrorCode } from "@xrt/contracts";

export interface FaultDetails {
  /** Default `failed`. */
  readonly status?: "failed" | "rejected" | "timed_out";
  /** Whether the same request may do better a moment later: polling goes on. */
  readonly transient?: boolean;
  /** What the server asked for by `Retry-After`. */
  readonly retryAfterMs?: number | undefined;
  /** What the server answered, where it did. */
  readonly statusCode?: number | undefined;
  /** The answer itself, so that it can be kept. */
  readonly body?: Uint8Array | undefined;
  readonly cause?: unknown;
}

/** Why a run cannot succeed, as it will be told. */
export class Fault extends Error {
  readonly code: ErrorCode;
  readonly details: FaultDetails;

  constructor(code: ErrorCode, message: string, details: FaultDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "Fault";
    this.code = code;
    this.details = details;
  }

  /** The same once something was sent: a request that was begun cannot be rejected any more. */
  asFailed(): Fault {
    return new Fault(this.code, this.message, { ...this.details, status: "failed" });
  }

  /** The same, with the phase before its sentence: `poll http error: …`. */
  during(phase: string): Fault {
    return new Fault(this.code, `${phase} ${this.message}`, this.details);
  }
}
