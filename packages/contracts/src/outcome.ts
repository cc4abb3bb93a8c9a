import type { Artifact } from "./artifact.ts";
import type { ErrorCode, RunError } from "./run-error.ts";
import { isTerminalStatus, type TerminalStatus } from "./status.ts";
import type { Usage } from "./usage.ts";
import type { AnyResult } from "./versions.ts";
import { artifactFromWire, errorFromWire, usageFromWire } from "./wire-metadata.ts";
import { isReservedMetadataKey, reserved } from "./reserved-metadata.ts";

/** What only the runner knows of how a run ended. Core adds ids, times, paths, sizes and hashes. */
export interface Outcome {
  status: TerminalStatus;
  exit_code?: number | null;
  /** The name of the signal that ended the work: `SIGKILL`. */
  signal?: string | null;
  error?: RunError | null;
  /** Beyond stdout, stderr and what lies in the artifact directory, which core describes itself. */
  artifacts?: readonly Artifact[];
  usage?: Usage;
  /** Where stdout is, when not in the run directory; null: there is none. */
  stdout_path?: string | null;
  stderr_path?: string | null;
  /** How local processes were kept together, as the runner calls it: `xrt.containment` in the result's metadata. */
  containment?: string;
  /** Keys under `xrt.` belong to core and are refused. */
  metadata?: Record<string, string>;
}

/** Shorthands for a runner's return value. */
export const outcome = {
  succeeded(extra: Partial<Outcome> = {}): Outcome {
    return { ...extra, status: "succeeded" };
  },
  failed(code: ErrorCode, message: string, extra: Partial<Outcome> = {}): Outcome {
    return { ...extra, status: "failed", error: { ...extra.error, code, message } };
  },
  /** Only where nothing was started, and the request itself is at fault. */
  rejected(code: ErrorCode, message: string): Outcome {
    return { status: "rejected", error: { code, message } };
  },
  /**
   * The outcome that a result from elsewhere tells of: another runtime's, or a service's own.
   * Throws TypeError when its status is not terminal.
   */
  from(remote: AnyResult): Outcome {
    if (!isTerminalStatus(remote.status)) {
      throw new TypeError(
        `the result of ${JSON.stringify(remote.invocation_id)} is not terminal: its status is ${JSON.stringify(remote.status)}`,
      );
    }
    const error = errorFromWire(remote);
    const signal = remote.metadata[reserved.signal];
    const usage = usageFromWire(remote);
    const own = Object.entries(remote.metadata).filter(([key]) => !isReservedMetadataKey(key));
    const artifacts = remote.artifacts.filter(
      ({ artifact_id }) => artifact_id !== "stdout" && artifact_id !== "stderr",
    );
    return {
      status: remote.status,
      exit_code: remote.exit_code,
      ...(signal === undefined ? {} : { signal }),
      error,
      artifacts: artifacts.map(artifactFromWire),
      ...(usage === undefined ? {} : { usage }),
      stdout_path: remote.stdout_path,
      stderr_path: remote.stderr_path,
      metadata: Object.fromEntries(own),
    };
  },
};
