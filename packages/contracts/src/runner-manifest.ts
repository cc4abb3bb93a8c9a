import type { RunnerPackage, RuntimeRunner } from "./runner.ts";
import { showValue } from "./show-value.ts";

/**
 * The `"xrt"` field of a runner package's `package.json`: what a loader, or a person, may know before any of the package's
 * code runs. It says what the objects say, under the same names.
 */
export interface RunnerManifest {
  /** That of every runner of the package. */
  readonly interfaceVersion: `1.${number}`;
  /** The package's `kinds`. */
  readonly kinds: readonly string[];
  /** What any of its runners supports. Default: nothing. */
  readonly supports?: readonly string[];
}

const members = ["interfaceVersion", "kinds", "supports"];

/** What is wrong with an `"xrt"` field, in one sentence; undefined when it is a RunnerManifest. */
export function runnerManifestProblem(field: unknown): string | undefined {
  if (typeof field !== "object" || field === null || Array.isArray(field)) {
    return `"xrt" in package.json: expected an object with ${members.join(", ")}, got ${showValue(field)}`;
  }
  const { interfaceVersion, kinds, supports = [], ...others } = field as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    return `"xrt" in package.json: unknown key ${showValue(unknown)} (known: ${members.join(", ")})`;
  if (typeof interfaceVersion !== "string" || !/^\d+\.\d+$/.test(interfaceVersion)) {
    return `"xrt.interfaceVersion" in package.json: expected a version such as "1.0", got ${showValue(interfaceVersion)}`;
  }
  if (!isTextList(kinds) || kinds.length === 0) {
    return `"xrt.kinds" in package.json: expected a list of runtime kinds, got ${showValue(kinds)}`;
  }
  if (!isTextList(supports)) {
    return `"xrt.supports" in package.json: expected a list of wire paths, got ${showValue(supports)}`;
  }
  return undefined;
}

/** Where a package's manifest says something else than its objects, naming both; undefined where they agree. */
export function runnerManifestDisagreement(
  manifest: RunnerManifest,
  { kinds }: Pick<RunnerPackage, "kinds">,
  runners: Readonly<Record<string, RuntimeRunner>>,
): string | undefined {
  if (!sameSet(manifest.kinds, kinds)) {
    return `"xrt.kinds" in package.json has ${list(manifest.kinds)}, and the package's default export ${list(kinds)}`;
  }
  for (const [kind, { interfaceVersion }] of Object.entries(runners)) {
    if (interfaceVersion === manifest.interfaceVersion) continue;
    return `"xrt.interfaceVersion" in package.json is ${showValue(manifest.interfaceVersion)}, and that of its runner for ${showValue(kind)} ${showValue(interfaceVersion)}`;
  }
  const supported = Object.values(runners).flatMap(({ supports = [] }) => supports);
  if (sameSet(manifest.supports ?? [], supported)) return undefined;
  return `"xrt.supports" in package.json has ${list(manifest.supports ?? [])}, and its runners support ${list(supported)}`;
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "");
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return new Set(one).size === new Set([...one, ...other]).size && new Set(other).size === new Set(one).size;
}

function list(words: readonly string[]): string {
  return words.length === 0 ? "nothing" : [...new Set(words)].map((word) => JSON.stringify(word)).join(", ");
}
