import * as z from "zod/mini";
import { StringMap } from "../string-map.ts";

/** A file that a run left. */
export interface ArtifactDescriptor {
  schema_version: "0.1";
  contract_kind: "artifact_descriptor";
  artifact_id: string;
  path: string;
  /** Non-empty: `log_excerpt`, `file`, … */
  kind: string;
  description: string;
  metadata: Record<string, string>;
}

/** The wire schema (zod, so a Standard Schema): every key present, no other. */
export const ArtifactDescriptor = z.strictObject({
  schema_version: z.literal("0.1"),
  contract_kind: z.literal("artifact_descriptor"),
  artifact_id: z.string().check(z.minLength(1)),
  path: z.string().check(z.minLength(1)),
  kind: z.string().check(z.minLength(1)),
  description: z.string(),
  metadata: StringMap,
});
