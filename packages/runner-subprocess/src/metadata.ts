import { nearestTo, showValue, unknownKeySentence, type StandardSchema } from "@xrt/contracts";
import * as z from "zod/mini";
import { describeBadPattern } from "./artifact-globs.ts";
import { describeTooManyPatterns } from "./costly-patterns.ts";
import { defaultGraceMs, signalNames, type HostSettings } from "./options.ts";

export const metadataPrefix = "subprocess.";

/** What one run goes by: the host's settings, narrowed or chosen by the invocation's metadata. */
export interface SubprocessConfig {
  readonly inheritEnvironment: boolean | readonly string[];
  readonly unsetEnvironment: readonly string[];
  readonly stopSignal: NodeJS.Signals;
  readonly graceMs: number | null;
  readonly leftovers: "kill" | "leave";
  readonly mergeOutput: boolean;
  readonly stdin: "input" | "none";
  readonly artifactGlobs: readonly string[];
}

/** The schema of the keys under `subprocess.`, each a string; what is absent takes the host's setting. */
export function metadataSchema(host: HostSettings): StandardSchema<unknown, SubprocessConfig> {
  const shape = {
    inherit_environment: reading((text) => narrowInherited(host.inheritEnvironment, text)),
    unset_environment: reading(readNames),
    stop_signal: reading(readSignal),
    grace_ms: reading((text) => readGrace(host.graceMs ?? defaultGraceMs, text)),
    leftovers: reading((text) => narrowLeftovers(host.leftovers, text)),
    merge_output: reading(readFlag),
    stdin: reading((text) => readChoice(["input", "none"] as const, text)),
    artifact_globs: reading(readPatterns),
  };
  const given = z.catchall(z.object(shape), unknownKey(Object.keys(shape)));
  return z.pipe(
    z.pipe(z.transform(showPrototypeKey), given),
    z.transform((given): SubprocessConfig => ({
      inheritEnvironment: given.inherit_environment ?? host.inheritEnvironment,
      unsetEnvironment: given.unset_environment ?? [],
      stopSignal: given.stop_signal ?? host.stopSignal,
      graceMs: given.grace_ms ?? host.graceMs,
      leftovers: given.leftovers ?? host.leftovers,
      mergeOutput: given.merge_output ?? host.mergeOutput,
      stdin: given.stdin ?? "input",
      artifactGlobs: given.artifact_globs ?? [],
    })),
  );
}

class Refusal {
  readonly sentence: string;
  constructor(sentence: string) {
    this.sentence = sentence;
  }
}

/** An optional key whose text `read` understands, or refuses with a sentence. */
function reading<T>(read: (text: string) => T | Refusal) {
  const transform = z.transform((text: string, context): T => {
    const value = read(text);
    if (!(value instanceof Refusal)) return value;
    context.issues.push({ code: "custom", message: value.sentence, input: text });
    return z.NEVER;
  });
  return z.optional(z.pipe(z.string(), transform));
}

/** Refuses every key that the shape does not have, one issue per key. */
function unknownKey(known: readonly string[]) {
  return z.custom<never>(() => false, {
    error: (issue) => unknownKeySentence(String(issue.path?.at(-1)), known),
  });
}

/** zod skips an own `__proto__` key unseen; under this name it is refused like every unknown key. */
function showPrototypeKey(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "__proto__")) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key === "__proto__" ? '["__proto__"]' : key, entry]),
  );
}

function readChoice<T extends string>(choices: readonly T[], text: string): T | Refusal {
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  const list = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  return new Refusal(`expected ${list}, got ${showValue(text)}`);
}

function readFlag(text: string): boolean | Refusal {
  const chosen = readChoice(["true", "false"], text);
  return chosen instanceof Refusal ? chosen : chosen === "true";
}

function readSignal(text: string): NodeJS.Signals | Refusal {
  const signal = signalNames.find((name) => name === text);
  if (signal !== undefined) return signal;
  const nearest = nearestTo(text.slice(0, 20), signalNames);
  const hint = nearest === undefined ? "" : `, did you mean ${nearest}?`;
  return new Refusal(`expected the name of a signal, such as SIGTERM, got ${showValue(text)}${hint}`);
}

function readGrace(longest: number, text: string): number | Refusal {
  const milliseconds = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  if (milliseconds === undefined) {
    return new Refusal(`expected a whole number of milliseconds, such as "2000", got ${showValue(text)}`);
  }
  if (milliseconds <= longest) return milliseconds;
  return new Refusal(
    `expected at most the ${longest} ms that the host allows, got ${showValue(text)}; lower it, or have the host raise graceMs`,
  );
}

function readNames(text: string): readonly string[] | Refusal {
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch {
    // Told below together with JSON that is something else: the sentence says what was expected.
    names = undefined;
  }
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  return new Refusal(`expected a JSON array of strings, such as ["A","B"], got ${showValue(text)}`);
}

function readPatterns(text: string): readonly string[] | Refusal {
  const patterns = readNames(text);
  if (patterns instanceof Refusal) return patterns;
  const problem =
    describeTooManyPatterns(patterns) ??
    patterns.map(describeBadPattern).find((sentence) => sentence !== undefined);
  return problem === undefined ? patterns : new Refusal(problem);
}

function narrowInherited(
  host: boolean | readonly string[],
  text: string,
): boolean | readonly string[] | Refusal {
  if (text === "false") return false;
  if (text === "true") {
    if (host === true) return true;
    return new Refusal(
      `the host lets a run inherit ${describeInherited(host)}, so "true" would widen it; ask for less`,
    );
  }
  const names = readNames(text);
  if (names instanceof Refusal) {
    return new Refusal(`expected "true", "false" or a JSON array of names, got ${showValue(text)}`);
  }
  const refused = host === true ? undefined : names.find((name) => host === false || !host.includes(name));
  if (refused === undefined) return names;
  return new Refusal(
    `the host lets a run inherit ${describeInherited(host)}, and ${showValue(refused)} would widen it; leave it out, or have the host add it to inheritEnvironment`,
  );
}

function describeInherited(host: boolean | readonly string[]): string {
  if (typeof host === "boolean") return host ? "everything" : "nothing";
  return host.length === 0 ? "nothing" : `only ${host.join(", ")}`;
}

function narrowLeftovers(host: "kill" | "leave", text: string): "kill" | "leave" | Refusal {
  const chosen = readChoice(["kill", "leave"] as const, text);
  if (chosen !== "leave" || host === "leave") return chosen;
  return new Refusal(
    `the host has what a run leaves behind killed, so "leave" would widen it; leave the key out, or have the host set leftovers: "leave"`,
  );
}
