import { uuidV7 } from "./uuid-v7.ts";

/** What every version's `createInvocation` fills in. A key that is `undefined` counts as left out. */
export function fillInvocation(input: {
  readonly command: readonly string[];
  readonly runtime_kind: string;
}): Record<string, unknown> {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  return {
    invocation_id: uuidV7(),
    runtime_name: defaultName(input.command, input.runtime_kind),
    working_directory: ".",
    ...given,
  };
}

/** The command's last path segment. The input may come from JavaScript, with anything in `command`. */
function defaultName(command: unknown, kind: string): string {
  const program: unknown = Array.isArray(command) ? command[0] : undefined;
  const segments = typeof program === "string" ? program.split(/[/\\]/) : [];
  return segments.findLast((segment) => segment !== "") ?? kind;
}
