import { createXrtError } from "./errors.ts";
import type { Invocation } from "./invocation.ts";
import type { NeutralResult } from "./neutral-result.ts";
import { showValue } from "./show-value.ts";
import * as v01 from "./v0.1/codec.ts";
import { parseInvocation } from "./v0.1/parse.ts";
import { contractVersions, type AnyInvocation, type AnyResult, type ContractVersion } from "./versions.ts";

export type { NeutralResult } from "./neutral-result.ts";

/** An invocation as it was read: the document itself, and its neutral form. */
export interface DecodedInvocation {
  /** The version to answer in. */
  readonly version: ContractVersion;
  /** What was read, whole, in that version. */
  readonly document: AnyInvocation;
  readonly invocation: Invocation;
}

const codecs = {
  "0.1": { parse: parseInvocation, decode: v01.decodeInvocation, encode: v01.encodeResult },
} as const satisfies Record<ContractVersion, unknown>;

/**
 * Reads an invocation of any known version; one without `schema_version` is v0.1.
 * Throws ERR_XRT_UNKNOWN_VERSION, or ERR_XRT_INVALID_DOCUMENT with every problem.
 */
export function decodeInvocation(value: unknown): DecodedInvocation {
  const version = versionOf(value);
  const codec = codecs[version];
  const document = codec.parse(value);
  return { version, document, invocation: codec.decode(document) };
}

/** Writes a result in the caller's version. */
export function encodeResult(version: ContractVersion, result: NeutralResult): AnyResult {
  return codecs[version].encode(result);
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
