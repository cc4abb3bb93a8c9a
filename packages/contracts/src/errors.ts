import type { RunError } from "./v0.2/run-error.ts";
import type { AnyResult } from "./versions.ts";

/** Frozen names; a new one may join, none goes. */
export type XrtErrorCode =
  | "ERR_XRT_INVALID_DOCUMENT"
  | "ERR_XRT_UNKNOWN_VERSION"
  | "ERR_XRT_INCOMPATIBLE_RUNNER"
  | "ERR_XRT_NOT_STARTED"
  | "ERR_XRT_RUN_FAILED";

/** One problem of a document: where it is, and a sentence. */
export interface Issue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

/** Told by `isXrtError`, never by `instanceof`: two copies of this package may meet in one process. */
export interface XrtError extends Error {
  readonly code: XrtErrorCode;
  /** With ERR_XRT_INVALID_DOCUMENT: every problem; of more than 100 the first, and one that counts the rest. */
  readonly issues?: readonly Issue[];
  /** With ERR_XRT_NOT_STARTED and ERR_XRT_RUN_FAILED. */
  readonly error?: RunError;
  /** With ERR_XRT_RUN_FAILED. */
  readonly result?: AnyResult;
}

const marker = Symbol.for("xrt.error");

/** What an error carries besides its code and message. */
export interface XrtErrorDetails {
  issues?: readonly Issue[];
  error?: RunError;
  result?: AnyResult;
  cause?: unknown;
}

/** An Error that `isXrtError` knows; its stack begins at the caller. */
export function createXrtError(code: XrtErrorCode, message: string, details: XrtErrorDetails = {}): XrtError {
  const { cause, ...members } = details;
  const error = new Error(message, cause === undefined ? {} : { cause });
  error.name = "XrtError";
  Error.captureStackTrace(error, createXrtError);
  Object.defineProperty(error, marker, { value: true });
  return Object.assign(error, { code }, members);
}

/** Whether it is an error of XRT, from whichever copy of this package. */
export function isXrtError(value: unknown): value is XrtError {
  return typeof value === "object" && value !== null && (value as { [marker]?: unknown })[marker] === true;
}
