import os from "node:os";
import { joinIssues, showValue } from "@xrt/contracts";
import * as z from "zod/mini";
import { containmentOptions, type ContainmentOption } from "./contain/containment-option.ts";

/** The host's settings. Metadata sets most of them per run, and may narrow what a run may do, never widen it. */
export interface SubprocessOptions {
  /** What of our own environment a child gets: all (default), none, or these names. */
  inheritEnvironment?: boolean | readonly string[] | undefined;
  /** The signal that asks a process group to stop. Default `SIGTERM`. */
  stopSignal?: NodeJS.Signals | undefined;
  /**
   * Milliseconds between `stopSignal` and SIGKILL. Unset: SIGKILL at once at the deadline, and 5000 after a cancel.
   * Set: `stopSignal` first in both cases.
   */
  graceMs?: number | undefined;
  /** What becomes of processes that are in the group when its leader exits. Default `kill`. */
  leftovers?: "kill" | "leave" | undefined;
  /** stderr goes to stdout's file, in the order written. Default false. */
  mergeOutput?: boolean | undefined;
  /** What a child reads when a run has no input: nothing (default), or our own standard input. */
  stdin?: "empty" | "inherit" | undefined;
  /** Where output goes: into the run's files (default), or to our own descriptors 1 and 2, of which nothing is kept. */
  output?: "capture" | "inherit" | undefined;
  /**
   * How what a command starts is kept together, on Linux. `auto` (default): `companion`, a long-lived shell that starts
   * it, where its descriptors allow that, and else `direct`, a shell that this process starts; both tag, watch and sweep
   * every process. `cgroup`: a control group besides, which needs one to be delegated to us (cgroups(7), version 2).
   */
  containment?: ContainmentOption | undefined;
}

/** The options with every default filled in. */
export interface HostSettings {
  readonly inheritEnvironment: boolean | readonly string[];
  readonly stopSignal: NodeJS.Signals;
  /** Null: unset, see `SubprocessOptions.graceMs`. */
  readonly graceMs: number | null;
  readonly leftovers: "kill" | "leave";
  readonly mergeOutput: boolean;
  readonly stdin: "empty" | "inherit";
  readonly output: "capture" | "inherit";
  readonly containment: ContainmentOption;
}

/** Milliseconds between `stopSignal` and SIGKILL after a cancel, where the host sets none. */
export const defaultGraceMs = 5000;

/** The longest delay that a Node timer takes, 2^31 - 1 milliseconds. */
const longestGraceMs = 2_147_483_647;

export const signalNames = Object.keys(os.constants.signals) as NodeJS.Signals[];

/** Throws TypeError, which names every option that is wrong. */
export function resolveOptions(
  options: SubprocessOptions,
  of = "new SubprocessRunner(options)",
): HostSettings {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new TypeError(`${of}: ${joinIssues(parsed.error.issues)}`);
}

const graceMs = z
  .int(expected("a whole number of milliseconds"))
  .check(
    z.minimum(0, expected("a number of milliseconds of at least 0")),
    z.maximum(longestGraceMs, expected(`a number of milliseconds of at most ${longestGraceMs}`)),
  );

/** Of the options, as they stand in a configuration too. */
export const optionsSchema = z.strictObject(
  {
    inheritEnvironment: z._default(
      z.union([z.boolean(), z.array(z.string())], expected("true, false or an array of names")),
      true,
    ),
    stopSignal: z._default(
      z.enum(signalNames, expected("the name of a signal of this system, such as SIGTERM")),
      "SIGTERM",
    ),
    graceMs: z._default(z.nullable(graceMs), null),
    leftovers: z._default(z.enum(["kill", "leave"], expected('"kill" or "leave"')), "kill"),
    mergeOutput: z._default(z.boolean(expected("true or false")), false),
    stdin: z._default(z.enum(["empty", "inherit"], expected('"empty" or "inherit"')), "empty"),
    output: z._default(z.enum(["capture", "inherit"], expected('"capture" or "inherit"')), "capture"),
    containment: z._default(
      z.enum(containmentOptions, expected(`one of ${containmentOptions.join(", ")}`)),
      "auto",
    ),
  },
  { error: (issue) => unknownOption(issue) },
);

function expected(what: string) {
  return { error: (issue: { input?: unknown }) => `expected ${what}, got ${showValue(issue.input)}` };
}

function unknownOption(issue: { code?: string; keys?: unknown; input?: unknown }): string {
  if (issue.code !== "unrecognized_keys") return `expected an object, got ${showValue(issue.input)}`;
  const known = Object.keys(optionsSchema.shape).join(", ");
  return `unknown options ${JSON.stringify(issue.keys)} (known: ${known})`;
}
