import type { RunnerPackage } from "./runner.ts";
import { showValue } from "./show-value.ts";
import { runtimeKinds } from "./v0.1/runtime-kind.ts";
import { isNamespaced } from "./v0.2/namespaced.ts";

/** What is wrong with a runner package's default export, in one sentence; undefined when it is a RunnerPackage. */
export function runnerPackageProblem(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) {
    return `default export: expected a RunnerPackage, got ${showValue(value)}`;
  }
  const { kinds, create, options } = value as Record<string, unknown>;
  if (!Array.isArray(kinds) || kinds.length === 0) {
    return `kinds: expected a list of runtime kinds, got ${showValue(kinds)}`;
  }
  for (const kind of kinds as unknown[]) {
    if (isKind(kind)) continue;
    return `kinds: expected lower-case words with dots between them, such as "acme.ssh", got ${showValue(kind)}`;
  }
  if (typeof create !== "function") return `create: expected a function, got ${showValue(create)}`;
  const standard = (options as { "~standard"?: { validate?: unknown } } | null | undefined)?.["~standard"];
  if (options !== undefined && typeof standard?.validate !== "function") {
    return "options: expected a Standard Schema (zod, valibot and arktype make such)";
  }
  return undefined;
}

/** What a package's `create` made beside, or instead of, a runner for each of its kinds; undefined when it made just those. */
export function createdRunnersProblem(
  { kinds }: Pick<RunnerPackage, "kinds">,
  made: unknown,
): string | undefined {
  const names = typeof made === "object" && made !== null ? Object.keys(made) : [];
  if (names.length === kinds.length && kinds.every((kind) => names.includes(kind))) return undefined;
  return `create() made runners for ${names.join(", ") || "nothing"}, and kinds has ${kinds.join(", ")}`;
}

function isKind(kind: unknown): boolean {
  return typeof kind === "string" && (runtimeKinds.some((known) => known === kind) || isNamespaced(kind));
}
