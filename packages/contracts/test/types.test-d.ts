// Checked by the compiler alone: the plain interfaces are what the zod schemas infer, in both directions.
import type * as z from "zod";
import type { AnyInvocation, AnyResult, ResultOf, StandardSchema, TerminalStatus } from "@xrt/contracts";
import type * as v01 from "@xrt/contracts/v0.1";
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
  Assert<Same<AnyResult, ResultOf<AnyInvocation>>>,
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
