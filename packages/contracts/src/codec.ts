import type { DescribedArtifact } from "./artifact.ts";
import { downResult } from "./convert/down.ts";
import { upInvocation, upResult } from "./convert/up.ts";
import { createXrtError } from "./errors.ts";
import type { Invocation } from "./invocation.ts";
import type { NeutralResult } from "./neutral-result.ts";
import { showValue } from "./show-value.ts";
import type { TerminalStatus } from "./status.ts";
import * as v01 from "./v0.1/index.ts";
import * as v02 from "./v0.2/index.ts";
import { contractVersions, type AnyInvocation, type AnyResult, type ContractVersion } from "./versions.ts";

export { downArtifact, downInvocation, downResult } from "./convert/down.ts";
export { upArtifact, upInvocation, upResult } from "./convert/up.ts";
export type { NeutralResult } from "./neutral-result.ts";

/** An invocation as it was read: the document itself, and its neutral form. */
export interface DecodedInvocation {
  /** The version to answer in. */
  readonly version: ContractVersion;
  /** What was read, whole, in that version. */
  readonly document: AnyInvocation;
  readonly invocation: Invocation;
}

const documents = { "0.1": v01, "0.2": v02 } as const satisfies Record<ContractVersion, unknown>;

/**
 * Reads an invocation of any known version; one without `schema_version` is v0.1.
 * Throws ERR_XRT_UNKNOWN_VERSION, or ERR_XRT_INVALID_DOCUMENT with every problem.
 */
export function decodeInvocation(value: unknown): DecodedInvocation {
  const version = versionOf(value);
  const document = documents[version].parseInvocation(value);
  const latest = document.schema_version === "0.1" ? upInvocation(document) : document;
  const { schema_version: _version, contract_kind: _kind, ...invocation } = latest;
  return { version, document, invocation };
}

/** Writes a result in the caller's version. */
export function encodeResult(version: ContractVersion, result: NeutralResult): AnyResult {
  const latest = encodeLatest(result);
  return version === "0.1" ? { ...downResult(latest), status: result.status } : latest;
}

/**
 * Reads a result of any known version; one without `schema_version` is v0.1.
 * Throws ERR_XRT_UNKNOWN_VERSION, or ERR_XRT_INVALID_DOCUMENT with every problem.
 */
export function parseResult(value: unknown): v01.RuntimeResult | v02.RuntimeResult {
  return documents[versionOf(value)].parseResult(value);
}

/**
 * Reads an artifact descriptor of any known version; one without `schema_version` is v0.1.
 * Throws ERR_XRT_UNKNOWN_VERSION, or ERR_XRT_INVALID_DOCUMENT with every problem.
 */
export function parseArtifactDescriptor(value: unknown): v01.ArtifactDescriptor | v02.ArtifactDescriptor {
  return documents[versionOf(value)].parseArtifactDescriptor(value);
}

/** A result in the latest version, whichever it came in: so that code about results is written once. */
export function latestResult(result: AnyResult): v02.RuntimeResult & { status: TerminalStatus } {
  return result.schema_version === "0.1" ? { ...upResult(result), status: result.status } : result;
}

/** An artifact in the latest version, which the events have. */
export function encodeArtifact(artifact: DescribedArtifact): v02.ArtifactDescriptor {
  return {
    schema_version: "0.2",
    contract_kind: "artifact_descriptor",
    ...artifact,
    metadata: { ...artifact.metadata },
  };
}

function encodeLatest(result: NeutralResult): v02.RuntimeResult & { status: TerminalStatus } {
  const { error, usage, artifacts, metadata, ...fields } = result;
  return {
    schema_version: "0.2",
    contract_kind: "runtime_result",
    ...fields,
    usage: usage && { ...usage },
    error_summary: error?.message ?? null,
    error: error && { ...error },
    artifacts: artifacts.map(encodeArtifact),
    metadata: { ...metadata },
  };
}

function versionOf(value: unknown): ContractVersion {
  const stated: unknown =
    typeof value === "object" && value !== null && Object.hasOwn(value, "schema_version")
      ? (value as { schema_version: unknown }).schema_version
      : "0.1";
  const version = contractVersions.find((known) => known === stated);
  if (version !== undefined) return version;
  // Something that is not a version at all is a problem of the document, told with its other problems.
  if (typeof stated !== "string") return "0.1";
  const known = contractVersions.map((name) => JSON.stringify(name)).join(", ");
  throw createXrtError(
    "ERR_XRT_UNKNOWN_VERSION",
    `schema_version ${showValue(stated)} is not known here; known: ${known}. Send one of these, or upgrade XRT.`,
  );
}
