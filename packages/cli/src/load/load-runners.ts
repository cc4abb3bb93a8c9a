import { showValue } from "@xrt/contracts";
import { Failure } from "../failure.ts";
import type { LoadedRunner, LoadedRunners } from "../loaded-runners.ts";
import { loadPackage } from "./load-package.ts";
import { readConfig, type ConfigFile } from "./read-config.ts";
import type { RunnerSource } from "./runner-source.ts";

/** Loads what a configuration and the `--runner` options name, in this order. Throws Failure. */
export async function loadRunners(packages: readonly string[], config?: ConfigFile): Promise<LoadedRunners> {
  const configured = config === undefined ? [] : await readConfig(config);
  const named = packages.map((name): RunnerSource => ({
    package: name,
    options: {},
    folder: process.cwd(),
    place: `--runner ${name}`,
  }));
  const loaded = new Map<string, LoadedRunner>();
  const places = new Map<string, string>();
  for (const source of [...configured, ...named]) {
    for (const [kind, runner] of await loadPackage(source)) {
      const other = places.get(kind);
      if (other !== undefined) {
        throw new Failure(
          `${other} and ${source.place} both bring a runner for ${showValue(kind)}; leave one of them out`,
        );
      }
      loaded.set(kind, runner);
      places.set(kind, source.place);
    }
  }
  return loaded;
}
