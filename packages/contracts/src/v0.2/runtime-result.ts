import * as z from "zod/mini";
import { capIssues } from "../cap-issues.ts";
import { StringMap } from "../string-map.ts";
import { ArtifactDescriptor } from "./artifact-descriptor.ts";
import { RunError } from "./run-error.ts";
import { RuntimeKind } from "./runtime-kind.ts";
import { runtimeStatuses, type RuntimeStatus } from "./runtime-status.ts";
import { Usage } from "./usage.ts";

/** How a run went. On the wire every key is present. */
export interface RuntimeResult {
  schema_version: "0.2";
  contract_kind: "runtime_result";
  invocation_id: string;
  runtime_name: string;
  runtime_kind: RuntimeKind;
  status: RuntimeStatus;
  exit_code: number | null;
  /** The name of the signal that ended the work, `SIGKILL`, or null. */
  signal: string | null;
  /** RFC 3339. The format is an annotation: other writers' precision and offsets are theirs to choose. */
  started_at: string;
  finished_at: string;
  /** Absolute; null where the run ended before it had one. */
  run_directory: string | null;
  stdout_path: string | null;
  stderr_path: string | null;
  /** What was measured, or null where nothing was. */
  usage: Usage | null;
  /** Null on success, otherwise one sentence. */
  error_summary: string | null;
  /** Null on success; its `message` is the `error_summary`. */
  error: RunError | null;
  artifacts: ArtifactDescriptor[];
  metadata: Record<string, string>;
}

// Not z.iso.datetime(), whose pattern refuses offsets and precisions that RFC 3339 allows.
const dateTime = z.string().check(z.meta({ format: "date-time" }));

/** The wire schema (zod, so a Standard Schema): every key present, no other. */
export const RuntimeResult = z.strictObject({
  schema_version: z.literal("0.2"),
  contract_kind: z.literal("runtime_result"),
  invocation_id: z.string().check(z.minLength(1)),
  runtime_name: z.string().check(z.minLength(1)),
  runtime_kind: RuntimeKind,
  status: z.enum(runtimeStatuses),
  exit_code: z.nullable(z.int()),
  signal: z.nullable(z.string()),
  started_at: dateTime,
  finished_at: dateTime,
  run_directory: z.nullable(z.string()),
  stdout_path: z.nullable(z.string()),
  stderr_path: z.nullable(z.string()),
  usage: z.nullable(Usage),
  error_summary: z.nullable(z.string()),
  error: z.nullable(RunError),
  artifacts: z.array(ArtifactDescriptor).check(capIssues),
  metadata: StringMap,
});
