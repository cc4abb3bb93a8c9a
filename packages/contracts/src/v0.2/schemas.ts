import type { StandardSchema } from "../standard-schema.ts";
import { ArtifactDescriptor } from "./artifact-descriptor.ts";
import { RuntimeInvocation } from "./runtime-invocation.ts";
import { RuntimeResult } from "./runtime-result.ts";

export const contractKinds = ["runtime_invocation", "runtime_result", "artifact_descriptor"] as const;

export type ContractKind = (typeof contractKinds)[number];

/** The wire schemas as Standard Schemas: strict, without defaults. */
export const schemas: { readonly [K in ContractKind]: StandardSchema } = {
  runtime_invocation: RuntimeInvocation,
  runtime_result: RuntimeResult,
  artifact_descriptor: ArtifactDescriptor,
};
