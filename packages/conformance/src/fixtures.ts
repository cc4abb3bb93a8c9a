import type { Invocation, TerminalStatus } from "@xrt/contracts";

/** Where a fixture's work is to be done; gone when its run is over. */
export interface Place {
  /** An empty directory: the invocation's working directory. Absolute. */
  readonly directory: string;
  /** Calls it, and waits for it, when the run is over, the last one first: for a server that the fixture started, say. */
  defer(cleanup: () => unknown): void;
}

/** What of an invocation makes the runner do something; the rest is filled in. */
export interface Scenario extends Partial<
  Pick<Invocation, "command" | "environment" | "metadata" | "limits" | "runtime_name">
> {}

/** A scenario, or what makes one in a place. */
export type Given<S extends Scenario = Scenario> = S | ((place: Place) => S | Promise<S>);

/** Bytes, or text that stands for its UTF-8 bytes. */
export type Content = string | Uint8Array;

/** Work that fails, and how the runner is to say so. */
export interface Failing extends Scenario {
  /** What the outcome's `error.code` is to be. Default: any. */
  readonly code?: string;
}

/** Work that writes output. */
export interface Writing extends Scenario {
  /** What stdout is to be. Default: not looked at. */
  readonly stdout?: Content;
  readonly stderr?: Content;
}

/** Work that reads its input. */
export interface Reading extends Scenario {
  /** What it is given: once as a payload file, once as the caller's own input. */
  readonly input: Content;
  /** What stdout is to be then. */
  readonly stdout: Content;
}

/** Work that leaves a file. */
export interface Leaving extends Scenario {
  /** The file's name (the last segment of its path), in the artifact directory or among the outcome's artifacts. */
  readonly name: string;
  /** What is in it. */
  readonly content: Content;
}

/** Work that goes on, or is over, when its supervisor died. */
export interface Recovering extends Scenario {
  /** After which checkpoint the supervisor dies; the first is 1. Default 1. */
  readonly checkpoint?: number;
  /** How the recovered run ends. Default `succeeded`. */
  readonly status?: TerminalStatus;
}

/**
 * How invocations for a runner are made. What is not given is not tested, and the report says so; `succeeds` and
 * `runsUntilStopped` carry most of it.
 */
export interface Fixtures {
  /** Work that soon ends well. */
  readonly succeeds?: Given;
  /** Work that is started, and fails. */
  readonly fails?: Given<Failing>;
  /** A request that cannot be started, whatever the machine's state: no such program, no such host. */
  readonly rejects?: Given<Failing>;
  /** Work that never ends by itself, and ends when it is asked to. It is stopped at its first output, or after 250 ms. */
  readonly runsUntilStopped?: Given;
  /** Work that never ends by itself, and not when it is asked to either. Default: `runsUntilStopped`. */
  readonly ignoresStop?: Given;
  /** Work with known output. Bytes that are not UTF-8 find a runner that decodes on the way. */
  readonly writesOutput?: Given<Writing>;
  readonly readsInput?: Given<Reading>;
  readonly leavesArtifact?: Given<Leaving>;
  /** Metadata that the runner's schema refuses, each alone, beside the metadata of `succeeds`. */
  readonly badMetadata?: readonly Readonly<Record<string, string>>[];
  /** Work that `recover` takes up. */
  readonly recovers?: Given<Recovering>;
  /** For each field of the runner's `supports` (`limits.memory_bytes`), work that goes beyond what the invocation allows. */
  readonly exceeds?: Readonly<Record<string, Given>>;
}

/** Types a runner's fixtures; returns them unchanged. */
export function defineFixtures(fixtures: Fixtures): Fixtures {
  return fixtures;
}

/** The fixtures of each kind of a runner package: the default export of the file that `xrt-conformance` reads. */
export type PackageFixtures = Readonly<Record<string, Fixtures>>;

/** Types a package's fixtures; returns them unchanged. */
export function definePackageFixtures(fixtures: PackageFixtures): PackageFixtures {
  return fixtures;
}
