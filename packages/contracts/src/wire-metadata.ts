import type { Artifact } from "./artifact.ts";
import { isReservedMetadataKey, reserved } from "./reserved-metadata.ts";
import type { ErrorCode, RunError } from "./run-error.ts";
import { isObject } from "./v0.1/string-map.ts";
import type { Usage } from "./usage.ts";
import type * as v01 from "./v0.1/index.ts";

/** The error that a v0.1 result tells of: its sentence is a field, its code and `retryable` are in metadata. */
export function errorFromWire(result: v01.RuntimeResult): RunError | null {
  if (result.status === "succeeded") return null;
  const code = result.metadata[reserved.errorCode];
  const retryable = result.metadata[reserved.retryable];
  return {
    code: (code ?? fallbackCode(result.status)) as ErrorCode,
    message: result.error_summary ?? `the run ended as ${result.status}`,
    ...(retryable === undefined ? {} : { retryable: retryable === "true" }),
  };
}

/** What the run used, or undefined where the result does not say so readably: another writer's fault breaks no run. */
export function usageFromWire(result: v01.RuntimeResult): Usage | undefined {
  const text = result.metadata[reserved.usage];
  if (text === undefined) return undefined;
  try {
    const usage: unknown = JSON.parse(text);
    return isUsage(usage) ? usage : undefined;
  } catch {
    return undefined; // Not JSON, so not readable.
  }
}

function isUsage(value: unknown): value is Usage {
  return isObject(value) && "wall_ms" in value && Object.values(value).every(Number.isFinite);
}

function fallbackCode(status: v01.RuntimeStatus): ErrorCode {
  if (status === "timed_out") return "deadline";
  return status === "cancelled" ? "cancelled" : "remote_failed";
}

export function artifactFromWire(descriptor: v01.ArtifactDescriptor): Artifact {
  const mediaType = descriptor.metadata[reserved.mediaType];
  const own = Object.entries(descriptor.metadata).filter(([key]) => !isReservedMetadataKey(key));
  return {
    path: descriptor.path,
    artifact_id: descriptor.artifact_id,
    kind: descriptor.kind,
    description: descriptor.description,
    ...(mediaType === undefined ? {} : { media_type: mediaType }),
    metadata: Object.fromEntries(own),
  };
}
