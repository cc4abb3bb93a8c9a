import { isXrtError, nearestTo, showValue } from "@xrt/contracts";
import { decodeInvocation, parseArtifactDescriptor, parseResult } from "@xrt/contracts/codec";
import { Failure } from "../failure.ts";

const parsers: Readonly<Record<string, (value: unknown) => unknown>> = {
  runtime_invocation: decodeInvocation,
  runtime_result: parseResult,
  artifact_descriptor: parseArtifactDescriptor,
};

/**
 * Checks a document against the contract that its `schema_version` and its `contract_kind` name; without one it is v0.1,
 * and a runtime_invocation.
 * Throws Failure with every problem.
 */
export function checkDocument(value: unknown): void {
  const kind = statedKind(value);
  const parse = typeof kind === "string" && Object.hasOwn(parsers, kind) ? parsers[kind] : undefined;
  if (parse === undefined) throw new Failure(unknownKind(kind));
  try {
    parse(value);
  } catch (error) {
    if (isXrtError(error)) throw new Failure(error.message, { cause: error });
    throw error;
  }
}

function statedKind(value: unknown): unknown {
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, "contract_kind");
  return isObject ? (value as { contract_kind: unknown }).contract_kind : "runtime_invocation";
}

function unknownKind(kind: unknown): string {
  const known = Object.keys(parsers);
  const nearest = typeof kind === "string" ? nearestTo(kind.slice(0, 200), known) : undefined;
  const hint = nearest === undefined ? "" : `, did you mean ${JSON.stringify(nearest)}?`;
  return `contract_kind ${showValue(kind)} is not known${hint} (known: ${known.join(", ")})`;
}
