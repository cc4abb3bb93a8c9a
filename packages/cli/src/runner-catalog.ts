import type { RuntimeRunner } from "@xrt/contracts";

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
 * The runners to register for an invocation of this kind: its own, or for a kind that is not here all of them, so that
 * the refusal can name what there is.
 */
export async function runnersFor(kind: string): Promise<Record<string, RuntimeRunner>> {
  const kinds = Object.hasOwn(runnerCatalog, kind) ? [kind] : Object.keys(runnerCatalog);
  const loaded = kinds.map(async (name) => [name, await runnerCatalog[name]?.load()] as const);
  const entries = await Promise.all(loaded);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, RuntimeRunner] => entry[1] !== undefined),
  );
}
