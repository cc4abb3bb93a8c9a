import type { Issue, RuntimeRunner } from "@xrt/contracts";

/** What a runner's schema made of metadata: a value, or the problems that it told. */
export type Parsed = { readonly value: unknown } | { readonly issues: readonly Issue[] };

/** Hands the metadata under the runner's prefix to its schema, as core does. */
export async function parseMetadata(
  runner: RuntimeRunner,
  metadata: Readonly<Record<string, string>>,
): Promise<Parsed> {
  if (runner.metadata === undefined) return { value: undefined };
  const { prefix, schema } = runner.metadata;
  const own = Object.entries(metadata).filter(([key]) => key.startsWith(prefix));
  const validated = (await schema["~standard"].validate(
    Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
  )) as {
    value?: unknown;
    issues?: readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] }[];
  };
  if (validated.issues === undefined) return { value: validated.value };
  const issues = validated.issues.map(({ message, path = [] }) => ({
    message,
    path: path.map((segment) => (typeof segment === "object" ? segment.key : segment)),
  }));
  return { issues };
}
