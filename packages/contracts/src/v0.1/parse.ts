import type * as z from "zod/mini";
import { createXrtError } from "../errors.ts";
import { describeSchemaIssues, joinIssues } from "../schema-issues.ts";
import { ArtifactDescriptor } from "./artifact-descriptor.ts";
import { RuntimeInvocation } from "./runtime-invocation.ts";
import { RuntimeResult } from "./runtime-result.ts";

/**
 * Reads an invocation. What its author may leave out (the envelope, `environment`, `timeout_seconds`, the three
 * paths, `metadata`) is filled in; nothing else is.
 * Throws ERR_XRT_INVALID_DOCUMENT, whose `issues` name every problem.
 */
export function parseInvocation(value: unknown): RuntimeInvocation {
  return parse("runtime_invocation", RuntimeInvocation, fillOptional(value));
}

/** Reads a result, every key of which is required. Throws ERR_XRT_INVALID_DOCUMENT. */
export function parseResult(value: unknown): RuntimeResult {
  return parse("runtime_result", RuntimeResult, value);
}

/** Reads an artifact descriptor, every key of which is required. Throws ERR_XRT_INVALID_DOCUMENT. */
export function parseArtifactDescriptor(value: unknown): ArtifactDescriptor {
  return parse("artifact_descriptor", ArtifactDescriptor, value);
}

function fillOptional(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return {
    schema_version: "0.1",
    contract_kind: "runtime_invocation",
    environment: {},
    timeout_seconds: null,
    input_payload_path: null,
    output_result_path: null,
    artifact_directory: null,
    metadata: {},
    ...value,
  };
}

type WireSchema<T> = z.ZodMiniType<T> & { readonly shape: Readonly<Record<string, z.ZodMiniType>> };

function parse<T>(kind: string, schema: WireSchema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = describeSchemaIssues(parsed.error.issues, value, schema.shape);
  throw createXrtError("ERR_XRT_INVALID_DOCUMENT", `not a ${kind} of contract v0.1: ${joinIssues(issues)}`, {
    issues,
  });
}
