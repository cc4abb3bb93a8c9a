import type { RuntimeRunner } from "@xrt/contracts";
import type { RunnerOptions } from "./definitions/runner-options.ts";

/** A runner that is not ours, and where it comes from. */
export interface LoadedRunner {
  readonly runner: RuntimeRunner;
  readonly package: string;
  /** The package's. */
  readonly version: string;
}

/** By runtime kind. */
export type LoadedRunners = ReadonlyMap<string, LoadedRunner>;

/**
 * The runners that the options, or XRT_CONFIG, name. Nothing else chooses what is loaded: no file is searched for, since
 * the directory that we are called in may be somebody else's. Throws Failure for what cannot be loaded.
 */
export async function loadedRunners({ runner = [], config }: RunnerOptions): Promise<LoadedRunners> {
  const fromEnvironment = process.env["XRT_CONFIG"] ?? "";
  if (runner.length === 0 && config === undefined && fromEnvironment === "") return new Map();
  const { loadRunners } = await import("./load/load-runners.ts");
  if (config !== undefined) return loadRunners(runner, { option: "--config", file: config });
  if (fromEnvironment === "") return loadRunners(runner);
  return loadRunners(runner, { option: "XRT_CONFIG", file: fromEnvironment });
}

/** Closes runners that no runtime was given. */
export async function closeRunners(loaded: LoadedRunners): Promise<void> {
  for (const { runner } of loaded.values()) await runner.close?.();
}
