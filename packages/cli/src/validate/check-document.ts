import { isXrtError, nearestTo, showValue } from "@xrt/contracts";
import { decodeInvocation, parseArtifactDescriptor, parseResult } from "@xrt/contracts/codec";
import { Failure } from "../failure.ts";
import type { LoadedRunners } from "../loaded-runners.ts";

type Check = (value: unknown, loaded: LoadedRunners) => unknown;

const checks: Readonly<Record<string, Check>> = {
  runtime_invocation: checkInvocation,
  runtime_result: (value) => parseResult(value),
  artifact_descriptor: (value) => parseArtifactDescriptor(value),
};

/**
 * Checks a document against the contract that its `schema_version` and its `contract_kind` name; without one it is v0.1,
 * and a runtime_invocation. An invocation is also put to the loaded runner of its kind, where there is one.
 * Throws Failure with every problem.
 */
export async function checkDocument(value: unknown, loaded: LoadedRunners): Promise<void> {
  const kind = statedKind(value);
  const check = typeof kind === "string" && Object.hasOwn(checks, kind) ? checks[kind] : undefined;
  if (check === undefined) throw new Failure(unknownKind(kind));
  try {
    await check(value, loaded);
  } catch (error) {
    if (isXrtError(error)) throw new Failure(error.message, { cause: error });
    throw error;
  }
}

async function checkInvocation(value: unknown, loaded: LoadedRunners): Promise<void> {
  const { invocation } = decodeInvocation(value);
  const entry = loaded.get(invocation.runtime_kind);
  if (entry === undefined) return;
  const { invocationProblem } = await import("@xrt/core");
  const problem = await invocationProblem(invocation, entry.runner).catch(
    // A schema is the runner's own code.
    (error: unknown) => `its check failed: ${error instanceof Error ? error.message : String(error)}`,
  );
  if (problem !== undefined) throw new Failure(`not for ${entry.package} ${entry.version}: ${problem}`);
}

function statedKind(value: unknown): unknown {
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, "contract_kind");
  return isObject ? (value as { contract_kind: unknown }).contract_kind : "runtime_invocation";
}

function unknownKind(kind: unknown): string {
  const known = Object.keys(checks);
  const nearest = typeof kind === "string" ? nearestTo(kind.slice(0, 200), known) : undefined;
  const hint = nearest === undefined ? "" : `, did you mean ${JSON.stringify(nearest)}?`;
  return `contract_kind ${showValue(kind)} is not known${hint} (known: ${known.join(", ")})`;
}
