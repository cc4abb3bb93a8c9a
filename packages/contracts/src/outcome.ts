import type { Artifact } from "./artifact.ts";
import type { ErrorCode, RunError } from "./v0.2/run-error.ts";
import { isTerminalStatus, type TerminalStatus } from "./status.ts";
import type { ArtifactDescriptor as Described } from "./v0.2/artifact-descriptor.ts";
import type { Usage } from "./v0.2/usage.ts";
import { isReservedMetadataKey } from "./reserved-metadata.ts";
import { upResult } from "./convert/up.ts";
import type { AnyResult } from "./versions.ts";

/** What only the runner knows of how a run ended. Core adds ids, times, paths, sizes and hashes. */
export interface Outcome {
  status: TerminalStatus;
  exit_code?: number | null;
  /** The name of the signal that ended the work: `SIGKILL`. */
  signal?: string | null;
  error?: RunError | null;
  /** Beyond stdout, stderr and what lies in the artifact directory, which core describes itself. */
  artifacts?: readonly Artifact[];
  /** Only what was measured. Core measures `wall_ms` itself. */
  usage?: Partial<Usage>;
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
    const { signal, usage, ...latest } = remote.schema_version === "0.1" ? upResult(remote) : remote;
    const artifacts = latest.artifacts.filter(
      ({ artifact_id }) => artifact_id !== "stdout" && artifact_id !== "stderr",
    );
    return {
      status: remote.status,
      exit_code: remote.exit_code,
      ...(signal === null ? {} : { signal }),
      error: remote.status === "succeeded" ? null : (latest.error ?? unexplained(remote)),
      artifacts: artifacts.map(artifactOf),
      ...(usage === null ? {} : { usage }),
      stdout_path: remote.stdout_path,
      stderr_path: remote.stderr_path,
      metadata: ownMetadata(latest.metadata),
    };
  },
};

/** The error of a result whose writer gave no code that is known here. */
function unexplained({ status, error_summary }: AnyResult): RunError {
  return { code: codeOf(status), message: error_summary ?? `the run ended as ${status}` };
}

function codeOf(status: TerminalStatus): ErrorCode {
  if (status === "timed_out") return "deadline";
  return status === "cancelled" ? "cancelled" : "remote_failed";
}

/** Without size and hash: whoever runs it now describes the file as it is. */
function artifactOf({ path, artifact_id, kind, description, media_type, metadata }: Described): Artifact {
  return {
    path,
    artifact_id,
    kind,
    description,
    ...(media_type === null ? {} : { media_type }),
    metadata: ownMetadata(metadata),
  };
}

function ownMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !isReservedMetadataKey(key)));
}
