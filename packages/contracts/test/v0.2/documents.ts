import * as fc from "fast-check";
import {
  errorCodes,
  type ArtifactDescriptor,
  type ContractKind,
  type Limits,
  type RunError,
  type RuntimeInvocation,
  type RuntimeKind,
  type RuntimeResult,
  type Usage,
} from "@xrt/contracts/v0.2";
import * as v01 from "../v0.1/documents.ts";

/** A whole invocation, with every key on the wire. */
export function wireInvocation(changes: object = {}): RuntimeInvocation {
  return { ...v01.wireInvocation(), schema_version: "0.2", limits: null, ...changes };
}

/** A whole result, with every key on the wire. */
export function wireResult(changes: object = {}): RuntimeResult {
  return {
    ...v01.wireResult(),
    schema_version: "0.2",
    artifacts: [],
    signal: null,
    usage: { wall_ms: 322 },
    run_directory: "/runs/build-17",
    error: null,
    ...changes,
  };
}

const { nullable, anyString, plain } = v01;
const version = fc.constant("0.2" as const);
const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,5}$/);
const namespaced = fc
  .array(word, { minLength: 2, maxLength: 4 })
  .map((words) => words.join(".") as `${string}.${string}`);
const kind: fc.Arbitrary<RuntimeKind> = fc.oneof(
  fc.constantFrom("subprocess", "http", "http_async", "container", "manual", "unknown"),
  namespaced,
);
const seconds = fc.oneof(
  fc.double({ min: 0, minExcluded: true, max: Number.MAX_SAFE_INTEGER, noNaN: true }),
  fc.constantFrom(5e-324, 0.5, 1, 1.5, 2 ** 52 - 0.5, Number.MAX_SAFE_INTEGER),
);
const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
/** The members of an object come in any order. */
function inAnyOrder<T extends object>(values: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return values.chain((value) => {
    const entries = Object.entries(value);
    const all = { minLength: entries.length, maxLength: entries.length };
    return fc.shuffledSubarray(entries, all).map((shuffled) => Object.fromEntries(shuffled) as T);
  });
}
const limits: fc.Arbitrary<Limits> = inAnyOrder(
  fc.record(
    {
      output_bytes: count,
      memory_bytes: count,
      cpu_seconds: seconds,
      processes: count,
      idle_seconds: seconds,
    },
    { ...plain, requiredKeys: [] },
  ),
);
const usage: fc.Arbitrary<Usage> = inAnyOrder(
  fc.record(
    { wall_ms: seconds, cpu_user_ms: seconds, cpu_system_ms: seconds, max_rss_bytes: count },
    { ...plain, requiredKeys: ["wall_ms"] },
  ),
);
const error: fc.Arbitrary<RunError> = fc.record(
  { code: fc.oneof(fc.constantFrom(...errorCodes), namespaced), message: anyString, retryable: fc.boolean() },
  { ...plain, requiredKeys: ["code", "message"] },
);
const sha256 = fc.stringMatching(/^[0-9a-f]{64}$/);

const artifactDescriptor: fc.Arbitrary<ArtifactDescriptor> = fc
  .tuple(
    v01.artifactDescriptor,
    fc.record({
      schema_version: version,
      size_bytes: nullable(fc.maxSafeNat()),
      sha256: nullable(sha256),
      media_type: nullable(anyString),
    }),
  )
  .map(([older, later]) => ({ ...older, ...later }));

const runtimeInvocation: fc.Arbitrary<RuntimeInvocation> = fc
  .tuple(
    v01.runtimeInvocation,
    fc.record({
      schema_version: version,
      runtime_kind: kind,
      timeout_seconds: nullable(seconds),
      limits: nullable(limits),
    }),
  )
  .map(([older, later]) => ({ ...older, ...later }));

const runtimeResult: fc.Arbitrary<RuntimeResult> = fc
  .tuple(
    v01.runtimeResult,
    fc.record({
      schema_version: version,
      runtime_kind: kind,
      signal: nullable(anyString),
      run_directory: nullable(anyString),
      error: nullable(error),
      usage: nullable(usage),
      artifacts: fc.array(artifactDescriptor, { maxLength: 3 }),
    }),
    fc.boolean(),
  )
  .map(([older, later, agree]) => ({
    ...older,
    ...later,
    // Mostly the summary is the error's own sentence; another writer may have it otherwise.
    ...(agree ? { error_summary: later.error?.message ?? null } : {}),
  }));

/** Valid documents of each contract kind. */
export const validDocuments = {
  runtime_invocation: runtimeInvocation,
  runtime_result: runtimeResult,
  artifact_descriptor: artifactDescriptor,
} satisfies Record<ContractKind, fc.Arbitrary<object>>;
