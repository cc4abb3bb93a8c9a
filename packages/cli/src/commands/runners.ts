import { escapeControlCharacters } from "../control-characters.ts";
import type { RunnerOptions } from "../definitions/runner-options.ts";
import { closeRunners, loadedRunners, type LoadedRunner } from "../loaded-runners.ts";
import { openOutput } from "../output/open-output.ts";
import { runnerCatalog, type CatalogEntry } from "../runner-catalog.ts";

/** Lists each kind with the package that runs it. */
export async function printRunners(options: RunnerOptions): Promise<void> {
  const loaded = await loadedRunners(options);
  const kinds = [...new Set([...Object.keys(runnerCatalog), ...loaded.keys()])];
  const width = Math.max(...kinds.map((kind) => kind.length));
  const lines = kinds.map(
    (kind) => `${kind.padEnd(width)}  ${source(runnerCatalog[kind], loaded.get(kind))}\n`,
  );
  await openOutput(1).write(lines.join(""));
  await closeRunners(loaded);
}

function source(own: CatalogEntry | undefined, loaded: LoadedRunner | undefined): string {
  if (loaded === undefined) return own?.package ?? "";
  const named = escapeControlCharacters(`${loaded.package} ${loaded.version}`);
  return own === undefined ? named : `${named}, instead of ${own.package}`;
}
