/** Why a run did not succeed. A runner's own codes are namespaced: `acme.quota`. */
export type ErrorCode =
  | "no_runner"
  | "invalid_metadata"
  | "unsupported_field"
  | "refused_by_policy"
  | "runtime_closed"
  | "directory_missing"
  | "command_not_found"
  | "command_not_executable"
  | "payload_unreadable"
  | "exit_status"
  | "killed_by_signal"
  | "deadline"
  | "idle"
  | "cancelled"
  | "supervisor_stopped"
  | "supervisor_died"
  | "limit_exceeded"
  | "out_of_resources"
  | "storage"
  | "http_status"
  | "network"
  | "remote_failed"
  | "runner_error"
  | "runner_did_not_stop"
  | `${string}.${string}`;

/** Why a run did not succeed, for programs and for people. */
export interface RunError {
  code: ErrorCode;
  /** One sentence: what happened, to what, and what would mend it. It becomes `error_summary`. */
  message: string;
  /** Whether the same invocation may succeed when tried again. */
  retryable?: boolean | undefined;
}
