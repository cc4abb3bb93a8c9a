import * as z from "zod/mini";
import { capIssues } from "../cap-issues.ts";
import { StringMap } from "../string-map.ts";
import { Limits } from "./limits.ts";
import { RuntimeKind } from "./runtime-kind.ts";

/** What is to be run, and how. On the wire every key is present. */
export interface RuntimeInvocation {
  schema_version: "0.2";
  contract_kind: "runtime_invocation";
  invocation_id: string;
  runtime_name: string;
  runtime_kind: RuntimeKind;
  working_directory: string;
  /** Program and arguments, at least one. */
  command: string[];
  environment: Record<string, string>;
  /** Seconds above 0, also a fraction (at most 2^53 - 1), or null for no limit. */
  timeout_seconds: number | null;
  /** What else bounds the run, or null for nothing. */
  limits: Limits | null;
  input_payload_path: string | null;
  output_result_path: string | null;
  artifact_directory: string | null;
  metadata: Record<string, string>;
}

/** The wire schema (zod, so a Standard Schema): every key present, no other; `parseInvocation` takes less. */
export const RuntimeInvocation = z.strictObject({
  schema_version: z.literal("0.2"),
  contract_kind: z.literal("runtime_invocation"),
  invocation_id: z.string().check(z.minLength(1)),
  runtime_name: z.string().check(z.minLength(1)),
  runtime_kind: RuntimeKind,
  working_directory: z.string().check(z.minLength(1)),
  command: z.array(z.string()).check(z.minLength(1), capIssues),
  environment: StringMap,
  timeout_seconds: z.nullable(z.number().check(z.positive(), z.maximum(Number.MAX_SAFE_INTEGER))),
  limits: z.nullable(Limits),
  input_payload_path: z.nullable(z.string()),
  output_result_path: z.nullable(z.string()),
  artifact_directory: z.nullable(z.string()),
  metadata: StringMap,
});
