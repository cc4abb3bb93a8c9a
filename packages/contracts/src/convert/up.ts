import { reserved } from "../reserved-metadata.ts";
import type * as v01 from "../v0.1/index.ts";
import type * as v02 from "../v0.2/index.ts";
import { take } from "./carried.ts";
import * as text from "./wire-text.ts";

/** A v0.1 invocation in v0.2. What its metadata carries under `xrt.` becomes fields again. */
export function upInvocation(document: v01.RuntimeInvocation): v02.RuntimeInvocation {
  const metadata = { ...document.metadata };
  const fraction = take(metadata, reserved.timeoutSeconds, text.fractionText(document.timeout_seconds));
  return {
    ...document,
    schema_version: "0.2",
    runtime_kind: upKind(document.runtime_kind, metadata),
    timeout_seconds: fraction ?? document.timeout_seconds,
    limits: take(metadata, reserved.limits, text.limitsText) ?? null,
    metadata,
  };
}

/** A v0.1 result in v0.2. What its metadata carries under `xrt.` becomes fields again. */
export function upResult(document: v01.RuntimeResult): v02.RuntimeResult {
  const metadata = { ...document.metadata };
  return {
    ...document,
    schema_version: "0.2",
    runtime_kind: upKind(document.runtime_kind, metadata),
    signal: take(metadata, reserved.signal, text.anyText) ?? null,
    usage: take(metadata, reserved.usage, text.usageText) ?? null,
    run_directory: take(metadata, reserved.runDirectory, text.anyText) ?? null,
    error: upError(document.error_summary, metadata),
    artifacts: document.artifacts.map(upArtifact),
    metadata,
  };
}

/** A v0.1 artifact in v0.2. What its metadata carries under `xrt.` becomes fields again. */
export function upArtifact(document: v01.ArtifactDescriptor): v02.ArtifactDescriptor {
  const metadata = { ...document.metadata };
  return {
    ...document,
    schema_version: "0.2",
    size_bytes: take(metadata, reserved.sizeBytes, text.sizeText) ?? null,
    sha256: take(metadata, reserved.sha256, text.sha256Text) ?? null,
    media_type: take(metadata, reserved.mediaType, text.anyText) ?? null,
    metadata,
  };
}

/** `unknown` is what v0.1 calls a kind that it has no word for. */
function upKind(kind: v01.RuntimeKind, metadata: Record<string, string>): v02.RuntimeKind {
  if (kind !== "unknown") return kind;
  return take(metadata, reserved.runtimeKind, text.namespacedText) ?? kind;
}

/** Null without a code that can be read, or without a sentence; then what is there stays in metadata. */
function upError(summary: string | null, metadata: Record<string, string>): v02.RunError | null {
  const carried = Object.hasOwn(metadata, reserved.errorMessage)
    ? metadata[reserved.errorMessage]
    : undefined;
  const message = carried ?? summary;
  if (message === null) return null;
  const code = take(metadata, reserved.errorCode, text.errorCodeText);
  if (code === undefined) return null;
  // The summary's own sentence is never written a second time.
  if (carried !== undefined && carried !== summary) Reflect.deleteProperty(metadata, reserved.errorMessage);
  const retryable = take(metadata, reserved.retryable, text.booleanText);
  return { code, message, ...(retryable === undefined ? {} : { retryable }) };
}
