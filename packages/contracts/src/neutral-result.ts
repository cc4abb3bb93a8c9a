import type { DescribedArtifact } from "./artifact.ts";
import type { RuntimeKind } from "./invocation.ts";
import type { RunError } from "./v0.2/run-error.ts";
import type { TerminalStatus } from "./status.ts";
import type { Usage } from "./v0.2/usage.ts";

/** A result with the fields of every contract version, without the envelope; `encodeResult` writes it in one of them. */
export interface NeutralResult {
  readonly invocation_id: string;
  readonly runtime_name: string;
  readonly runtime_kind: RuntimeKind;
  readonly status: TerminalStatus;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly started_at: string;
  readonly finished_at: string;
  readonly run_directory: string | null;
  readonly stdout_path: string | null;
  readonly stderr_path: string | null;
  /** Null on success. */
  readonly error: RunError | null;
  readonly usage: Usage | null;
  readonly artifacts: readonly DescribedArtifact[];
  readonly metadata: Readonly<Record<string, string>>;
}
