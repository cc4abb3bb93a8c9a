import type { ErrorCode, RunError } from "@xrt/contracts";

/** Why a run ends before it begins. Thrown inside core only, and always caught there. */
export class Rejection extends Error {
  readonly status: "rejected" | "failed";
  readonly runError: RunError;

  constructor(
    code: ErrorCode,
    message: string,
    options: { status?: "rejected" | "failed"; retryable?: boolean } = {},
  ) {
    super(message);
    this.status = options.status ?? "rejected";
    this.runError = {
      code,
      message,
      ...(options.retryable === undefined ? {} : { retryable: options.retryable }),
    };
  }
}
