import * as z from "zod/mini";
import { ArtifactDescriptor } from "./artifact-descriptor.ts";
import { capIssues } from "../cap-issues.ts";
import { runtimeKinds, type RuntimeKind } from "./runtime-kind.ts";
import { runtimeStatuses, type RuntimeStatus } from "./runtime-status.ts";
import { StringMap } from "../string-map.ts";

/** How a run went. On the wire every key is present. */
export interface RuntimeResult {
  schema_version: "0.1";
  contract_kind: "runtime_result";
  invocation_id: string;
  runtime_name: string;
  runtime_kind: RuntimeKind;
  status: RuntimeStatus;
  exit_code: number | null;
  /** RFC 3339. The format is an annotation: other writers' precision and offsets are theirs to choose. */
  started_at: string;
  finished_at: string;
  stdout_path: string | null;
  stderr_path: string | null;
  /** Null on success, otherwise one sentence. */
  error_summary: string | null;
  artifacts: ArtifactDescriptor[];
  metadata: Record<string, string>;
}

// Not z.iso.datetime(), whose pattern refuses offsets and precisions that RFC 3339 allows.
const dateTime = z.string().check(z.meta({ format: "date-time" }));

/** The wire schema (zod, so a Standard Schema): every key present, no other. */
export const RuntimeResult = z.strictObject({
  schema_version: z.literal("0.1"),
  contract_kind: z.literal("runtime_result"),
  invocation_id: z.string().check(z.minLength(1)),
  runtime_name: z.string().check(z.minLength(1)),
  runtime_kind: z.enum(runtimeKinds),
  status: z.enum(runtimeStatuses),
  exit_code: z.nullable(z.int()),
  started_at: dateTime,
  finished_at: dateTime,
  stdout_path: z.nullable(z.string()),
  stderr_path: z.nullable(z.string()),
  error_summary: z.nullable(z.string()),
  artifacts: z.array(ArtifactDescriptor).check(capIssues),
  metadata: StringMap,
});
