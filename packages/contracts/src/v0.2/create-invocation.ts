import { fillInvocation } from "../fill-invocation.ts";
import { parseInvocation } from "./parse.ts";
import type { RuntimeInvocation } from "./runtime-invocation.ts";

/** What an author must write; the rest is filled in. A key that is `undefined` counts as left out. */
export type InvocationInput = { [K in keyof RuntimeInvocation]?: RuntimeInvocation[K] | undefined } & Pick<
  RuntimeInvocation,
  "runtime_kind" | "command"
>;

/**
 * A whole invocation from what its author wrote: `invocation_id` a new UUIDv7, `runtime_name` the command's last
 * path segment, `working_directory` "." (the runtime's own), no limit, no paths, empty maps.
 * `process.env` may be given as `environment`.
 * Throws ERR_XRT_INVALID_DOCUMENT, whose `issues` name every problem.
 */
export function createInvocation(input: InvocationInput): RuntimeInvocation {
  return parseInvocation(fillInvocation(input));
}
