import * as z from "zod/mini";
import { ArtifactDescriptor } from "./artifact-descriptor.ts";
import { RuntimeInvocation } from "./runtime-invocation.ts";
import { RuntimeResult } from "./runtime-result.ts";
import type { ContractKind } from "./schemas.ts";

const documents = {
  runtime_invocation: RuntimeInvocation,
  runtime_result: RuntimeResult,
  artifact_descriptor: ArtifactDescriptor,
} as const satisfies Record<ContractKind, z.ZodMiniType>;

/** The JSON Schema (draft 2020-12) of a contract kind. The files under `schemas/v0.2/` are made from it. */
export function jsonSchema(kind: ContractKind): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(documents[kind], { io: "input", unrepresentable: "any" });
  return { $schema, $id: `urn:rxp:v0.2:${kind}`, title: kind, ...schema };
}
