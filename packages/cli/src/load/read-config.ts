import { showValue, unknownKeySentence } from "@xrt/contracts";
import { dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { readJson } from "../input/read-json.ts";
import type { RunnerSource } from "./runner-source.ts";

export interface ConfigFile {
  /** Which option, or variable, named it. */
  readonly option: string;
  readonly file: string;
}

/** The runner packages that a configuration names; what it names is resolved from its own folder. Throws Failure. */
export async function readConfig({ option, file }: ConfigFile): Promise<RunnerSource[]> {
  const path = resolve(file);
  try {
    const { runners = [] } = objectWith(["runners"], await readJson(path), path);
    if (!Array.isArray(runners)) {
      throw new Failure(`${path}: runners: expected an array, got ${showValue(runners)}`);
    }
    return runners.map((entry: unknown, index) =>
      sourceOf(entry, `${path}: runners.${index}`, dirname(path)),
    );
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`${option}: ${error.message}`, { cause: error });
    throw error;
  }
}

function sourceOf(entry: unknown, place: string, folder: string): RunnerSource {
  const { package: name, options = {} } = objectWith(["package", "options"], entry, place);
  if (typeof name !== "string" || name === "") {
    throw new Failure(
      `${place}: package: expected the name or the folder of a package, got ${showValue(name)}`,
    );
  }
  return { package: name, options, folder, place: `${place} (${name})` };
}

function objectWith(keys: readonly string[], value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Failure(`${place}: expected an object with ${keys.join(" and ")}, got ${showValue(value)}`);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown === undefined) return { ...value };
  throw new Failure(`${place}: ${showValue(unknown)}: ${unknownKeySentence(unknown, keys)}`);
}
