// Checked by the compiler alone: the plain interfaces are what the zod schemas infer, in both directions.
import type * as z from "zod";
import type { AnyInvocation, AnyResult, ResultOf, StandardSchema, TerminalStatus } from "@xrt/contracts";
import type * as v01 from "@xrt/contracts/v0.1";
import type * as v02 from "@xrt/contracts/v0.2";
import type {
  ArtifactDescriptor as ArtifactSchema,
  RuntimeInvocation as InvocationSchema,
  RuntimeResult as ResultSchema,
} from "@xrt/contracts/v0.1";

type Same<A, B> = [A, B] extends [B, A] ? true : false;
type Assert<T extends true> = T;

export type Checks = [
  Assert<Same<z.output<typeof InvocationSchema>, v01.RuntimeInvocation>>,
  Assert<Same<z.output<typeof ResultSchema>, v01.RuntimeResult>>,
  Assert<Same<z.output<typeof ArtifactSchema>, v01.ArtifactDescriptor>>,
  Assert<Same<ResultOf<v01.RuntimeInvocation>, v01.RuntimeResult & { status: TerminalStatus }>>,
  Assert<Same<z.output<typeof v02.RuntimeInvocation>, v02.RuntimeInvocation>>,
  Assert<Same<z.output<typeof v02.RuntimeResult>, v02.RuntimeResult>>,
  Assert<Same<z.output<typeof v02.ArtifactDescriptor>, v02.ArtifactDescriptor>>,
  Assert<Same<z.output<typeof v02.Limits>, v02.Limits>>,
  Assert<Same<z.output<typeof v02.RunError>, v02.RunError>>,
  Assert<Same<z.output<typeof v02.Usage>, v02.Usage>>,
  Assert<Same<ResultOf<v02.RuntimeInvocation>, v02.RuntimeResult & { status: TerminalStatus }>>,
  Assert<Same<AnyInvocation, v01.RuntimeInvocation | v02.RuntimeInvocation>>,
  Assert<Same<AnyResult, ResultOf<AnyInvocation>>>,
  Assert<Same<AnyResult, (v01.RuntimeResult | v02.RuntimeResult) & { status: TerminalStatus }>>,
  // Of a version that this package does not know yet, the answer is one that it knows.
  Assert<Same<ResultOf<{ schema_version: "9.9" }>, AnyResult>>,
];

// Every zod schema is a Standard Schema of its interface.
export const invocation = {} as typeof InvocationSchema satisfies StandardSchema<
  unknown,
  v01.RuntimeInvocation
>;
export const result = {} as typeof ResultSchema satisfies StandardSchema<unknown, v01.RuntimeResult>;

// The author of an invocation writes a kind and a command; neither may be left out.
export const least: v01.InvocationInput = {
  runtime_kind: "subprocess",
  command: ["make"],
  metadata: undefined,
};
// @ts-expect-error -- no command
export const withoutCommand: v01.InvocationInput = { runtime_kind: "subprocess" };
// @ts-expect-error -- not a kind of v0.1
export const withoutKind: v01.InvocationInput = { runtime_kind: "docker", command: ["make"] };

// In v0.2 a third party's kind has a name.
export const namespaced: v02.InvocationInput = {
  runtime_kind: "acme.ssh",
  command: ["make"],
  timeout_seconds: 0.5,
  limits: { idle_seconds: 1, output_bytes: undefined },
};
// @ts-expect-error -- one word is nobody's kind
export const oneWord: v02.InvocationInput = { runtime_kind: "docker", command: ["make"] };
