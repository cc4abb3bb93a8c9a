import { existsSync, readFileSync, statSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { packageEntry } from "@xrt/contracts";
import { UsageError } from "../usage-error.ts";

/** A package as it is found. */
export interface LoadedPackage {
  readonly name: string;
  readonly version: string;
  /** Its default export. */
  readonly runnerPackage: unknown;
  /** Its `package.json`. */
  readonly manifest: unknown;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

/** Loads a package by its folder, or by its name as the current folder sees it. Throws UsageError where there is none. */
export async function loadPackage(specifier: string): Promise<LoadedPackage> {
  const path = manifestPath(specifier);
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
  const entry = packageEntry(manifest);
  if (entry === undefined)
    throw new UsageError(`${path} has no "exports" and no "main": nothing can be imported`);
  const file = resolve(dirname(path), entry);
  if (!existsSync(file))
    throw new UsageError(`${file}, which ${path} exports, is not there; build the package`);
  return {
    name: manifest.name ?? specifier,
    version: manifest.version ?? "0.0.0",
    runnerPackage: await defaultExport(file),
    manifest,
  };
}

/** What a module exports as `default`; undefined where it has none. */
export async function defaultExport(file: string): Promise<unknown> {
  const module = (await import(pathToFileURL(resolve(file)).href)) as { default?: unknown };
  return module.default;
}

function manifestPath(specifier: string): string {
  const folder = resolve(specifier);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) {
    const path = join(folder, "package.json");
    if (existsSync(path)) return path;
    throw new UsageError(`${folder} has no package.json`);
  }
  try {
    const path = findPackageJSON(specifier, pathToFileURL(join(process.cwd(), "index.js")));
    if (path !== undefined) return path;
  } catch {
    // Not found, which is told below in our words.
  }
  throw new UsageError(
    `there is no folder ${folder}, and no package ${JSON.stringify(specifier)} is installed here; install it, or name its folder`,
  );
}
