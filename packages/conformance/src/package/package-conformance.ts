import type { RunnerPackage, RuntimeRunner } from "@xrt/contracts";
import type { ConformanceCase } from "../conformance-case.ts";
import { conformance } from "../conformance.ts";
import type { PackageFixtures } from "../fixtures.ts";
import { closeAll, createRunners, packageCases, type PackageSubject } from "./package-cases.ts";

/** A runner package, and how it is tested. */
export interface PackageConformanceOptions {
  /** Its default export. */
  runnerPackage: unknown;
  /** Its `package.json`. */
  manifest: unknown;
  /** What its `create` is given, once its `options` schema has read it. Default `{}`. */
  options?: unknown;
  /** By kind. */
  fixtures?: PackageFixtures | undefined;
  /** As in `conformance`. */
  patienceMs?: number | undefined;
}

/**
 * The cases for a whole package: what it exports and states, and for each of its kinds those of `conformance`, whose ids
 * then begin with the kind: `acme.ssh/stops/deadline`. Where its runners cannot be made there are only the former, and
 * one of them says why.
 */
export async function packageConformance(
  options: PackageConformanceOptions,
): Promise<readonly ConformanceCase[]> {
  const { runnerPackage, manifest, fixtures = {}, patienceMs } = options;
  const subject: PackageSubject = { runnerPackage, manifest, options: options.options ?? {} };
  const cases = packageCases(subject);
  const kinds = await kindsOf(subject);
  for (const kind of kinds) {
    const create = async (): Promise<RuntimeRunner> => {
      const { [kind]: runner, ...others } = await createRunners(subject);
      if (runner === undefined) throw new Error(`create() made no runner for ${JSON.stringify(kind)}`);
      // Runners that are made together are closed each by itself.
      await closeAll(Object.values(others));
      return runner;
    };
    const ofKind = await conformance({ create, kind, fixtures: fixtures[kind], patienceMs });
    cases.push(...ofKind.map((each) => ({ ...each, id: `${kind}/${each.id}` })));
  }
  return cases;
}

/** None where the runners cannot be made: the case `package/creates` says why. */
async function kindsOf(subject: PackageSubject): Promise<readonly string[]> {
  let runners: Readonly<Record<string, RuntimeRunner>>;
  try {
    runners = await createRunners(subject);
  } catch {
    return [];
  }
  // A close that fails is found by the cases of `closes`.
  await closeAll(Object.values(runners)).catch(() => undefined);
  return (subject.runnerPackage as RunnerPackage).kinds.filter((kind) => runners[kind] !== undefined);
}
