import { getSystemErrorMessage } from "node:util";

/** "no such file or directory" for an error of the operating system, its own message for any other. */
export function describeSystemError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("errno" in error && typeof error.errno === "number" && error.errno < 0) {
    return getSystemErrorMessage(error.errno);
  }
  return error.message;
}

export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
