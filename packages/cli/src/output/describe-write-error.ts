import { Failure } from "../failure.ts";
import { describeSystemError, systemErrorCode } from "../system-error.ts";
import { ClosedOutput } from "./output.ts";

const names = { 1: "standard output", 2: "standard error" } as const;

/** The error that `Output.write` rejects with, from the system's. */
export function describeWriteError(descriptor: 1 | 2, error: unknown): Error {
  const code = systemErrorCode(error);
  if (code === "EPIPE" || code === "ECONNRESET") {
    return new ClosedOutput(`nobody reads ${names[descriptor]} any more`, { cause: error });
  }
  return new Failure(`cannot write to ${names[descriptor]}: ${describeSystemError(error)}`, { cause: error });
}
