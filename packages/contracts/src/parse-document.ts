import type * as z from "zod/mini";
import { createXrtError } from "./errors.ts";
import { describeSchemaIssues, joinIssues } from "./schema-issues.ts";

/** The wire schema of a document, whose fields have schemas of their own. */
export type WireSchema<T> = z.ZodMiniType<T> & { readonly shape: Readonly<Record<string, z.ZodMiniType>> };

/** Throws ERR_XRT_INVALID_DOCUMENT, whose `issues` name every problem. */
export function parseDocument<T>(version: string, kind: string, schema: WireSchema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = describeSchemaIssues(parsed.error.issues, value, schema.shape);
  throw createXrtError(
    "ERR_XRT_INVALID_DOCUMENT",
    `not a ${kind} of contract v${version}: ${joinIssues(issues)}`,
    { issues },
  );
}

/** What an invocation's author left out, from `defaults`; what is no object stays what it is. */
export function fillOptional(defaults: object, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return { ...defaults, ...value };
}
