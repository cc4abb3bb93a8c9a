import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import type { ExecOptions } from "../definitions/exec.ts";
import { Failure } from "../failure.ts";
import { decodeUtf8 } from "../input/decode-utf8.ts";
import { describeSystemError } from "../system-error.ts";

export interface CommandEnvironment {
  readonly environment: Record<string, string>;
  /** Kept from every record. */
  readonly secretEnvironment: Record<string, string>;
  /** What of ours is left out. */
  readonly unset: readonly string[];
}

type EnvironmentOptions = Pick<ExecOptions, "env" | "envFile" | "secretEnv" | "unset">;

/**
 * The environment that the options ask for, over the inherited one: files in their order, then `--unset`, then `--env`
 * and `--secret-env`, wherever they stand. Throws Failure.
 */
export async function commandEnvironment(options: EnvironmentOptions): Promise<CommandEnvironment> {
  const environment = new Map<string, string>();
  for (const file of options.envFile) {
    for (const [name, value] of Object.entries(await readEnvironmentFile(file)))
      environment.set(name, value ?? "");
  }
  for (const name of options.unset) environment.delete(checkName("--unset", name));
  const explicit = new Map(options.env.flatMap(parseVariable));
  const secrets = new Map(options.secretEnv.map(takeSecret));
  for (const [name, value] of explicit) environment.set(name, value);
  return {
    environment: Object.fromEntries(environment),
    secretEnvironment: Object.fromEntries(secrets),
    unset: options.unset.filter((name) => !explicit.has(name) && !secrets.has(name)),
  };
}

/** `N=V`, or `N` for ours: what is not set stays so. */
function parseVariable(text: string): [string, string][] {
  const end = text.indexOf("=");
  const name = checkName("--env", end === -1 ? text : text.slice(0, end));
  const value = end === -1 ? process.env[name] : text.slice(end + 1);
  return value === undefined ? [] : [[name, value]];
}

function takeSecret(name: string): [string, string] {
  const value = process.env[checkName("--secret-env", name)];
  if (value === undefined)
    throw new Failure(`--secret-env: ${name} is not set in the environment of xrt; export it`);
  return [name, value];
}

/** A name is not empty and has no "=" (POSIX, XBD 8.1). */
function checkName(option: string, name: string): string {
  if (name !== "" && !name.includes("=")) return name;
  // What follows a "=" may be a secret that was meant for another option.
  const shown = JSON.stringify(name.replace(/=.*/s, "=…"));
  throw new Failure(`${option}: ${shown} is not the name of a variable; expected one without "="`);
}

async function readEnvironmentFile(file: string): Promise<NodeJS.Dict<string>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new Failure(`--env-file: cannot read ${file}: ${describeSystemError(error)}`, { cause: error });
  }
  try {
    return parseEnv(decodeUtf8(bytes));
  } catch (error) {
    if (error instanceof Failure)
      throw new Failure(`--env-file: ${file}: ${error.message}`, { cause: error });
    throw error;
  }
}
