import { reserved } from "../reserved-metadata.ts";
import { runtimeKinds } from "../v0.1/runtime-kind.ts";
import type * as v01 from "../v0.1/index.ts";
import type * as v02 from "../v0.2/index.ts";
import { carry } from "./carried.ts";
import * as text from "./wire-text.ts";

/** A v0.2 invocation in v0.1. What v0.1 has no field for is in metadata; a fractional timeout is rounded up besides. */
export function downInvocation(document: v02.RuntimeInvocation): v01.RuntimeInvocation {
  const { limits, ...rest } = document;
  const metadata = { ...document.metadata };
  const { timeout_seconds: seconds } = document;
  const whole = seconds === null ? null : Math.ceil(seconds);
  if (whole !== seconds) carry(metadata, reserved.timeoutSeconds, seconds, text.fractionText(whole));
  carry(metadata, reserved.limits, limits, text.limitsText);
  return {
    ...rest,
    schema_version: "0.1",
    runtime_kind: downKind(document.runtime_kind, metadata),
    timeout_seconds: whole,
    metadata,
  };
}

/** A v0.2 result in v0.1. What v0.1 has no field for is in metadata. */
export function downResult(document: v02.RuntimeResult): v01.RuntimeResult {
  const { signal, usage, run_directory, error, ...rest } = document;
  const metadata = { ...document.metadata };
  carry(metadata, reserved.runDirectory, run_directory, text.anyText);
  carry(metadata, reserved.errorCode, error?.code, text.errorCodeText);
  if (error?.message !== document.error_summary)
    carry(metadata, reserved.errorMessage, error?.message, text.anyText);
  carry(metadata, reserved.retryable, error?.retryable, text.booleanText);
  carry(metadata, reserved.signal, signal, text.anyText);
  carry(metadata, reserved.usage, usage, text.usageText);
  return {
    ...rest,
    schema_version: "0.1",
    runtime_kind: downKind(document.runtime_kind, metadata),
    artifacts: document.artifacts.map(downArtifact),
    metadata,
  };
}

/** A v0.2 artifact in v0.1. What v0.1 has no field for is in metadata. */
export function downArtifact(document: v02.ArtifactDescriptor): v01.ArtifactDescriptor {
  const { size_bytes, sha256, media_type, ...rest } = document;
  const metadata = { ...document.metadata };
  carry(metadata, reserved.sizeBytes, size_bytes, text.sizeText);
  carry(metadata, reserved.sha256, sha256, text.sha256Text);
  carry(metadata, reserved.mediaType, media_type, text.anyText);
  return { ...rest, schema_version: "0.1", metadata };
}

function downKind(kind: v02.RuntimeKind, metadata: Record<string, string>): v01.RuntimeKind {
  const known = runtimeKinds.find((word) => word === kind);
  if (known !== undefined) return known;
  metadata[reserved.runtimeKind] = kind;
  return "unknown";
}
