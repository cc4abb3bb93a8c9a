import * as z from "zod/mini";
import { StringMap } from "../string-map.ts";

/** A file that a run left. */
export interface ArtifactDescriptor {
  schema_version: "0.2";
  contract_kind: "artifact_descriptor";
  artifact_id: string;
  path: string;
  /** Non-empty: `log_excerpt`, `file`, … */
  kind: string;
  description: string;
  /** Bytes when the run ended, or null where it could not be told. */
  size_bytes: number | null;
  /** Lower-case hexadecimal, or null where it was not computed. */
  sha256: string | null;
  /** IANA media type, or null where it is not known. */
  media_type: string | null;
  metadata: Record<string, string>;
}

/** The wire schema (zod, so a Standard Schema): every key present, no other. */
export const ArtifactDescriptor = z.strictObject({
  schema_version: z.literal("0.2"),
  contract_kind: z.literal("artifact_descriptor"),
  artifact_id: z.string().check(z.minLength(1)),
  path: z.string().check(z.minLength(1)),
  kind: z.string().check(z.minLength(1)),
  description: z.string(),
  size_bytes: z.nullable(z.int().check(z.nonnegative())),
  sha256: z.nullable(
    z.string().check(z.regex(/^[0-9a-f]{64}$/, { error: "expected 64 lower-case hexadecimal digits" })),
  ),
  media_type: z.nullable(z.string()),
  metadata: StringMap,
});
