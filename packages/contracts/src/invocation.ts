import type { Limits } from "./v0.2/limits.ts";
import type { RuntimeKind } from "./v0.2/runtime-kind.ts";

export type { RuntimeKind };

/**
 * The invocation as a runner sees it: the fields of every contract version, without the envelope, deeply frozen.
 * It grows by optional members only. Paths are absolute.
 */
export interface Invocation {
  readonly invocation_id: string;
  readonly runtime_name: string;
  readonly runtime_kind: RuntimeKind;
  /** Absolute; it existed when the run was accepted. */
  readonly working_directory: string;
  /** Program and arguments; descriptive for a kind that runs no command. */
  readonly command: readonly string[];
  /** With `secretEnvironment` already merged in. */
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds, also a fraction, or null for none. Core keeps the deadline; a runner reads it only to word a message. */
  readonly timeout_seconds: number | null;
  readonly input_payload_path: string | null;
  readonly output_result_path: string | null;
  readonly artifact_directory: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** What else bounds the run. Core keeps `output_bytes` and `idle_seconds`; others reach only a runner that lists them in `supports`. */
  readonly limits: Readonly<Limits> | null;
}
