import type { Invocation, RunContext } from "@xrt/contracts";
import type { SubprocessConfig } from "./metadata.ts";
import { deleteOtherSpellings, onWindows } from "./windows.ts";

export type ChildEnvironment = Record<string, string | undefined>;

/** What the child gets: inherited, overlaid with the invocation's, minus what is to be unset, and last our own names. */
export function buildEnvironment(
  invocation: Invocation,
  context: RunContext<SubprocessConfig>,
): ChildEnvironment {
  const { config } = context;
  const environment = inheritEnvironment(config.inheritEnvironment);
  for (const [name, value] of Object.entries(invocation.environment)) {
    if (onWindows) deleteOtherSpellings(environment, name);
    environment[name] = value;
  }
  for (const name of config.unsetEnvironment) delete environment[name];
  environment["XRT_RUN_DIR"] = context.directory;
  environment["XRT_ARTIFACT_DIR"] = context.artifactDirectory;
  const inputPath = config.stdin === "none" ? null : (context.input?.path ?? null);
  // Without an input the name must be absent: one inherited from an outer run would tell of that run's payload.
  if (inputPath === null) delete environment["XRT_INPUT_PATH"];
  else environment["XRT_INPUT_PATH"] = inputPath;
  return environment;
}

/**
 * A sentence for the first name that no environment can hold, or undefined. POSIX (XBD 8.1): a name is not empty and
 * has no `=`; the system would take such a name apart in another way than it was written.
 */
export function describeBadName(environment: Readonly<Record<string, string>>): string | undefined {
  for (const name of Object.keys(environment)) {
    if (name === "") return "an environment name is empty; give every variable a name";
    if (name.includes("=")) {
      return `the environment name ${JSON.stringify(name)} contains "="; a name must not, put the value into the value`;
    }
  }
  return undefined;
}

/** All of ours, none, or some by name. Without a prototype, so that a variable may be called `__proto__`. */
export function inheritEnvironment(which: boolean | readonly string[]): ChildEnvironment {
  const environment = Object.create(null) as ChildEnvironment;
  if (which === false) return environment;
  // Each look into `process.env` is a call into the system: Object.assign makes twice as many.
  for (const name of which === true ? Object.keys(process.env) : which) {
    const value: unknown = process.env[name];
    // Not `undefined` alone: `constructor` is there on the prototype.
    if (typeof value === "string") environment[name] = value;
  }
  return environment;
}
