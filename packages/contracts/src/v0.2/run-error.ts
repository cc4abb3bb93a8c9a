import * as z from "zod/mini";
import { isNamespaced, Namespaced } from "./namespaced.ts";

/** The codes that XRT itself gives. */
export const errorCodes = [
  "no_runner",
  "invalid_metadata",
  "unsupported_field",
  "refused_by_policy",
  "runtime_closed",
  "directory_missing",
  "command_not_found",
  "command_not_executable",
  "payload_unreadable",
  "exit_status",
  "killed_by_signal",
  "deadline",
  "idle",
  "cancelled",
  "supervisor_stopped",
  "supervisor_died",
  "limit_exceeded",
  "out_of_resources",
  "storage",
  "http_status",
  "network",
  "remote_failed",
  "runner_error",
  "runner_did_not_stop",
] as const;

/** Why a run did not succeed. A runner's own codes are namespaced: `acme.quota`. */
export type ErrorCode = (typeof errorCodes)[number] | `${string}.${string}`;

/** Why a run did not succeed, for programs and for people. */
export interface RunError {
  code: ErrorCode;
  /** One sentence: what happened, to what, and what would mend it. It is the `error_summary` too. */
  message: string;
  /** Whether the same invocation may succeed when tried again. */
  retryable?: boolean | undefined;
}

export const RunError = z.strictObject({
  code: z.union([z.enum(errorCodes), Namespaced]),
  message: z.string(),
  retryable: z.optional(z.boolean()),
});

/** Whether it is a code of XRT's, or namespaced. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && (errorCodes.some((code) => code === value) || isNamespaced(value));
}
