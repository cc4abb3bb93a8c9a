import * as fc from "fast-check";
import {
  runtimeKinds,
  runtimeStatuses,
  type ArtifactDescriptor,
  type ContractKind,
  type RuntimeInvocation,
  type RuntimeResult,
} from "@xrt/contracts/v0.1";

/** A whole invocation, with every key on the wire. */
export function wireInvocation(changes: object = {}): RuntimeInvocation {
  return {
    schema_version: "0.1",
    contract_kind: "runtime_invocation",
    invocation_id: "build-17",
    runtime_name: "make",
    runtime_kind: "subprocess",
    working_directory: "/srv/app",
    command: ["make", "test"],
    environment: { CI: "1" },
    timeout_seconds: 60,
    input_payload_path: null,
    output_result_path: null,
    artifact_directory: null,
    metadata: {},
    ...changes,
  };
}

/** A whole result, with every key on the wire. */
export function wireResult(changes: object = {}): RuntimeResult {
  return {
    schema_version: "0.1",
    contract_kind: "runtime_result",
    invocation_id: "build-17",
    runtime_name: "make",
    runtime_kind: "subprocess",
    status: "succeeded",
    exit_code: 0,
    started_at: "2026-01-02T03:04:05.678Z",
    finished_at: "2026-01-02T03:04:06.000Z",
    stdout_path: "/runs/build-17/stdout.txt",
    stderr_path: null,
    error_summary: null,
    artifacts: [],
    metadata: {},
    ...changes,
  };
}

// Any sequence of UTF-16 code units is a string of JSON: lone surrogates and NUL too.
export const anyString = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\ud800", "a\udc00b", "\u0000", "__proto__", "0.1", "\u{1f600}"),
);
export const nonEmpty = anyString.filter((text) => text !== "");
export const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const key = fc.oneof(anyString, fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty"));
// fromEntries defines an own `__proto__`, as JSON.parse does.
export const stringMap = fc
  .array(fc.tuple(key, anyString), { maxLength: 5 })
  .map((all) => Object.fromEntries(all));

// Documents come from literals and JSON.parse, whose objects have a prototype.
export const plain = { noNullPrototype: true } as const;

export const artifactDescriptor: fc.Arbitrary<ArtifactDescriptor> = fc.record(
  {
    schema_version: fc.constant("0.1"),
    contract_kind: fc.constant("artifact_descriptor"),
    artifact_id: nonEmpty,
    path: nonEmpty,
    kind: nonEmpty,
    description: anyString,
    metadata: stringMap,
  },
  plain,
);

export const runtimeInvocation: fc.Arbitrary<RuntimeInvocation> = fc.record(
  {
    schema_version: fc.constant("0.1"),
    contract_kind: fc.constant("runtime_invocation"),
    invocation_id: nonEmpty,
    runtime_name: nonEmpty,
    runtime_kind: fc.constantFrom(...runtimeKinds),
    working_directory: nonEmpty,
    command: fc.array(anyString, { minLength: 1, maxLength: 5 }),
    environment: stringMap,
    timeout_seconds: nullable(fc.maxSafeNat().filter((seconds) => seconds > 0)),
    input_payload_path: nullable(anyString),
    output_result_path: nullable(anyString),
    artifact_directory: nullable(anyString),
    metadata: stringMap,
  },
  plain,
);

export const runtimeResult: fc.Arbitrary<RuntimeResult> = fc.record(
  {
    schema_version: fc.constant("0.1"),
    contract_kind: fc.constant("runtime_result"),
    invocation_id: nonEmpty,
    runtime_name: nonEmpty,
    runtime_kind: fc.constantFrom(...runtimeKinds),
    status: fc.constantFrom(...runtimeStatuses),
    exit_code: nullable(fc.maxSafeInteger()),
    started_at: anyString,
    finished_at: anyString,
    stdout_path: nullable(anyString),
    stderr_path: nullable(anyString),
    error_summary: nullable(anyString),
    artifacts: fc.array(artifactDescriptor, { maxLength: 3 }),
    metadata: stringMap,
  },
  plain,
);

/** Valid documents of each contract kind. */
export const validDocuments: Record<ContractKind, fc.Arbitrary<object>> = {
  runtime_invocation: runtimeInvocation,
  runtime_result: runtimeResult,
  artifact_descriptor: artifactDescriptor,
};

const awkward = fc.oneof(
  fc.constantFrom(
    null,
    "",
    0,
    -1,
    1.5,
    2 ** 31,
    2 ** 53,
    -(2 ** 53),
    1e308,
    5e-324,
    true,
    [],
    {},
    [""],
    [[]],
  ),
  fc.constantFrom("\udfff", "0.2", "running", "http", { a: 1 }, { a: null }, ["x", 0]),
  fc.constantFrom("acme.ssh", "Acme.ssh", "acme.", "a.b.c", "ab".repeat(32), 0.5, { idle_seconds: 1 }),
  fc.constantFrom({ wall_ms: 1 }, { code: "idle", message: "" }, { code: "a.b", message: "m" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue(),
);

/**
 * What JSON can bring in a document's place: one member at any depth replaced, dropped or added, or nothing changed.
 * As JSON text, since only JSON.parse makes an own `__proto__` as a reader meets it.
 */
export function mutated(documents: fc.Arbitrary<object>): fc.Arbitrary<string> {
  return fc
    .tuple(documents, fc.array(fc.nat(), { maxLength: 3 }), awkward, key, fc.nat(3))
    .map(([document, path, value, name, act]) => {
      const copy = JSON.parse(JSON.stringify(document)) as object;
      const target = descend(copy, path.slice(1));
      const existing = Object.keys(target).at((path[0] ?? 0) % Math.max(1, Object.keys(target).length));
      if (act === 0 && existing !== undefined) Reflect.deleteProperty(target, existing);
      if (act === 1 && existing !== undefined) define(target, existing, value);
      if (act === 2) define(target, name, value);
      return JSON.stringify(copy);
    });
}

function descend(root: object, path: readonly number[]): object {
  let target = root;
  for (const step of path) {
    const inner = Object.values(target).filter(
      (entry) => typeof entry === "object" && entry !== null,
    ) as object[];
    target = inner[step % Math.max(1, inner.length)] ?? target;
  }
  return target;
}

function define(target: object, name: string, value: unknown): void {
  if (Array.isArray(target)) target.push(value);
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
