import type { RuntimeRunner } from "@xrt/contracts";
import type { LoadedRunners } from "./loaded-runners.ts";

export interface CatalogEntry {
  /** The npm package that the runner comes from. */
  readonly package: string;
  /** Imports it, which takes time: so only the runner that an invocation needs. */
  load(): Promise<RuntimeRunner>;
}

/** The runtime kinds of the command line. */
export const runnerCatalog: Readonly<Record<string, CatalogEntry>> = {
  subprocess: {
    package: "@xrt/runner-subprocess",
    async load() {
      const { SubprocessRunner } = await import("@xrt/runner-subprocess");
      return new SubprocessRunner();
    },
  },
  http: {
    package: "@xrt/runner-http",
    async load() {
      const { HttpRunner } = await import("@xrt/runner-http");
      return new HttpRunner();
    },
  },
  http_async: {
    package: "@xrt/runner-http",
    async load() {
      const { AsyncHttpRunner } = await import("@xrt/runner-http");
      return new AsyncHttpRunner();
    },
  },
};

/**
 * The runners to register for an invocation of this kind: its own, or for a kind that nothing runs all of them, so that
 * the refusal can name what there is. Loaded ones are always among them: the runtime that has them closes them.
 */
export async function runnersFor(
  kind: string,
  loaded: LoadedRunners,
): Promise<Record<string, RuntimeRunner>> {
  if (loaded.has(kind)) return withLoaded([], loaded);
  return withLoaded(Object.hasOwn(runnerCatalog, kind) ? [kind] : Object.keys(runnerCatalog), loaded);
}

/** The runners of every kind, for whoever does not know which it will need. */
export function allRunners(loaded: LoadedRunners): Promise<Record<string, RuntimeRunner>> {
  return withLoaded(Object.keys(runnerCatalog), loaded);
}

/** What is said where a loaded runner takes the place of one of ours; undefined where it does not. */
export function replacement(kind: string, loaded: LoadedRunners): string | undefined {
  const entry = Object.hasOwn(runnerCatalog, kind) ? runnerCatalog[kind] : undefined;
  const runner = loaded.get(kind);
  if (entry === undefined || runner === undefined) return undefined;
  return `${kind} is run by ${runner.package} ${runner.version} instead of ${entry.package}`;
}

async function withLoaded(
  kinds: readonly string[],
  loaded: LoadedRunners,
): Promise<Record<string, RuntimeRunner>> {
  const own = kinds
    .filter((kind) => !loaded.has(kind))
    .map(async (kind) => [kind, await runnerCatalog[kind]?.load()] as const);
  const entries = (await Promise.all(own)).filter(
    (entry): entry is [string, RuntimeRunner] => entry[1] !== undefined,
  );
  return Object.fromEntries([
    ...entries,
    ...[...loaded].map(([kind, { runner }]) => [kind, runner] as const),
  ]);
}
