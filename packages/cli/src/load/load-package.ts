import {
  createdRunnersProblem,
  interfaceVersion,
  isXrtError,
  packageEntry,
  runnerManifestDisagreement,
  runnerManifestProblem,
  runnerPackageProblem,
  type RunnerManifest,
  type RunnerPackage,
  type RuntimeRunner,
} from "@xrt/contracts";
import { ExecutorRuntime } from "@xrt/core";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure } from "../failure.ts";
import { readJson } from "../input/read-json.ts";
import type { LoadedRunner } from "../loaded-runners.ts";
import { findPackage } from "./find-package.ts";
import { readOptions } from "./read-options.ts";
import type { RunnerSource } from "./runner-source.ts";
import { unlessStalled } from "./unless-stalled.ts";

interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly xrt?: unknown;
}

/** The runners of a package, by kind. Throws Failure that says where it was named, and what of it is not in order. */
export async function loadPackage(source: RunnerSource): Promise<[kind: string, LoadedRunner][]> {
  try {
    const folder = findPackage(source.package, source.folder);
    const manifest = ((await readJson(join(folder, "package.json"))) ?? {}) as Manifest;
    const { name, version } = titleOf(manifest, source);
    // What its package.json tells is refused before any of its code runs.
    const runners = await inPackage(`${name} ${version}`, async () => {
      demandServed(manifest.xrt);
      return createRunners(folder, manifest, manifest.xrt as RunnerManifest, source.options);
    });
    return Object.entries(runners).map(([kind, runner]) => [kind, { runner, package: name, version }]);
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`${source.place}: ${error.message}`, { cause: error });
    throw error;
  }
}

function titleOf({ name, version }: Manifest, source: RunnerSource): { name: string; version: string } {
  return {
    name: typeof name === "string" && name !== "" ? name : source.package,
    version: typeof version === "string" && version !== "" ? version : "without a version",
  };
}

/** Throws Failure unless the `"xrt"` field is one, and of an interface that is served here. */
function demandServed(field: unknown): void {
  const problem = runnerManifestProblem(field);
  if (problem !== undefined) throw new Failure(problem);
  const { interfaceVersion: stated } = field as RunnerManifest;
  const [theirMajor, theirMinor] = stated.split(".").map(Number);
  const [major, minor] = interfaceVersion.split(".").map(Number);
  if (theirMajor === major && Number(theirMinor) <= Number(minor)) return;
  throw new Failure(
    `it was written for runner interface ${stated} ("xrt.interfaceVersion" in package.json), and this xrt serves ${interfaceVersion}; upgrade the older of the two`,
  );
}

async function createRunners(
  folder: string,
  manifest: Manifest,
  field: RunnerManifest,
  options: unknown,
): Promise<Readonly<Record<string, RuntimeRunner>>> {
  const entry = packageEntry(manifest);
  if (entry === undefined) {
    throw new Failure('package.json has neither "exports" nor "main", so that nothing can be imported');
  }
  const { href } = pathToFileURL(join(folder, entry));
  const module = await foreign("loading it", () => import(href) as Promise<{ default?: unknown }>);
  demandNone(runnerPackageProblem(module.default));
  const runnerPackage = module.default as RunnerPackage;
  const given = await readOptions(runnerPackage, options);
  const runners = await foreign("create()", async () => runnerPackage.create(given));
  demandNone(createdRunnersProblem(runnerPackage, runners));
  demandRunners(runners);
  demandNone(runnerManifestDisagreement(field, runnerPackage, runners));
  return runners;
}

/** What a runtime of ours would refuse to register, it refuses here already. */
function demandRunners(runners: Readonly<Record<string, RuntimeRunner>>): void {
  try {
    void new ExecutorRuntime({ runners, handleSignals: false });
  } catch (error) {
    if (isXrtError(error)) throw new Failure(error.message, { cause: error });
    throw error;
  }
}

function demandNone(problem: string | undefined): void {
  if (problem !== undefined) throw new Failure(problem);
}

async function inPackage<T>(title: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`${title}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Code of the package's: whatever it throws is a Failure. */
async function foreign<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await unlessStalled(what, work);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure(`${what} failed: ${message}`, { cause: error });
  }
}
