import type { DescribedArtifact } from "../artifact.ts";
import type { Invocation } from "../invocation.ts";
import type { NeutralResult } from "../neutral-result.ts";
import { reserved } from "../reserved-metadata.ts";
import type { TerminalStatus } from "../status.ts";
import type { ArtifactDescriptor } from "./artifact-descriptor.ts";
import type { RuntimeInvocation } from "./runtime-invocation.ts";
import type { RuntimeKind } from "./runtime-kind.ts";
import type { RuntimeResult } from "./runtime-result.ts";

/** The version-free invocation that a v0.1 document states. */
export function decodeInvocation(document: RuntimeInvocation): Invocation {
  const { schema_version: _version, contract_kind: _kind, ...fields } = document;
  return { ...fields, limits: null };
}

/** A result in v0.1; what it has no field for goes into metadata. */
export function encodeResult(result: NeutralResult): RuntimeResult & { status: TerminalStatus } {
  return {
    schema_version: "0.1",
    contract_kind: "runtime_result",
    invocation_id: result.invocation_id,
    runtime_name: result.runtime_name,
    // A v0.1 answer goes to a v0.1 question, which had one of its kinds.
    runtime_kind: result.runtime_kind as RuntimeKind,
    status: result.status,
    exit_code: result.exit_code,
    started_at: result.started_at,
    finished_at: result.finished_at,
    stdout_path: result.stdout_path,
    stderr_path: result.stderr_path,
    error_summary: result.error?.message ?? null,
    artifacts: result.artifacts.map(encodeArtifact),
    metadata: {
      ...result.metadata,
      ...present(reserved.runDirectory, result.run_directory),
      ...present(reserved.errorCode, result.error?.code),
      ...present(reserved.retryable, result.error?.retryable),
      ...present(reserved.signal, result.signal),
      ...present(reserved.usage, result.usage && JSON.stringify(result.usage)),
    },
  };
}

function encodeArtifact(artifact: DescribedArtifact): ArtifactDescriptor {
  return {
    schema_version: "0.1",
    contract_kind: "artifact_descriptor",
    artifact_id: artifact.artifact_id,
    path: artifact.path,
    kind: artifact.kind,
    description: artifact.description,
    metadata: {
      ...artifact.metadata,
      ...present(reserved.sizeBytes, artifact.size_bytes),
      ...present(reserved.sha256, artifact.sha256),
      ...present(reserved.mediaType, artifact.media_type),
    },
  };
}

function present(key: string, value: string | number | boolean | null | undefined): Record<string, string> {
  return value === null || value === undefined ? {} : { [key]: String(value) };
}
