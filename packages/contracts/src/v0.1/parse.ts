import { fillOptional, parseDocument } from "../parse-document.ts";
import { ArtifactDescriptor } from "./artifact-descriptor.ts";
import { RuntimeInvocation } from "./runtime-invocation.ts";
import { RuntimeResult } from "./runtime-result.ts";

/** What an invocation's author may leave out. Frozen, since one object serves every call. */
const optional = Object.freeze({
  schema_version: "0.1",
  contract_kind: "runtime_invocation",
  environment: {},
  timeout_seconds: null,
  input_payload_path: null,
  output_result_path: null,
  artifact_directory: null,
  metadata: {},
});

/**
 * Reads an invocation. What its author may leave out (the envelope, `environment`, `timeout_seconds`, the three
 * paths, `metadata`) is filled in; nothing else is.
 * Throws ERR_XRT_INVALID_DOCUMENT, whose `issues` name every problem.
 */
export function parseInvocation(value: unknown): RuntimeInvocation {
  return parseDocument("0.1", "runtime_invocation", RuntimeInvocation, fillOptional(optional, value));
}

/** Reads a result, every key of which is required. Throws ERR_XRT_INVALID_DOCUMENT. */
export function parseResult(value: unknown): RuntimeResult {
  return parseDocument("0.1", "runtime_result", RuntimeResult, value);
}

/** Reads an artifact descriptor, every key of which is required. Throws ERR_XRT_INVALID_DOCUMENT. */
export function parseArtifactDescriptor(value: unknown): ArtifactDescriptor {
  return parseDocument("0.1", "artifact_descriptor", ArtifactDescriptor, value);
}
