import type { Invocation, RunEvent, RuntimeRunner } from "@xrt/contracts";

/** The host's own settings. An invocation may narrow them, never widen. */
export interface RuntimeOptions {
  /** Runners by runtime kind. Default: none. */
  runners?: Readonly<Record<string, RuntimeRunner>> | undefined;
  /** Base of the run directories of invocations that name no `artifact_directory`. Default: `<working_directory>/.xrt`. */
  runsDirectory?: string | undefined;
  /** Seconds, where an invocation gives no limit; before the runner's own default. Default: none. */
  defaultTimeoutSeconds?: number | undefined;
  /** Seconds; a longer or missing limit is cut to it, with a `warning` event. Default: none. */
  maxTimeoutSeconds?: number | undefined;
  /** Milliseconds; caps every runner's `graceMs`. Default: no cap. */
  maxGraceMs?: number | undefined;
  /** Which environment values are secret. Default: a name like /key|token|secret|passw|credential|auth/i and 8 characters or more. */
  isSecret?: ((name: string, value: string) => boolean) | undefined;
  /** Refuses an invocation by returning a sentence. A policy that throws refuses too. */
  policy?: ((invocation: Invocation) => string | undefined) | undefined;
  /** Survive power loss too: fsync what is recorded. Default false: the page cache outlives SIGKILL. */
  durable?: boolean | undefined;
  /**
   * While runs live, SIGTERM, SIGINT, SIGHUP and SIGQUIT abort them all, await them, and are then raised again unless the host
   * listens itself; a second signal kills at once. Default true.
   */
  handleSignals?: boolean | undefined;
}

/** What standard input, or a request body, may be made of. */
export type RunInput = string | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** What the caller of one run may add to its invocation. */
export interface RunOptions {
  /** Stops the run. A reason named `TimeoutError` (`AbortSignal.timeout()`) gives `timed_out`, any other `cancelled`. */
  signal?: AbortSignal | undefined;
  /** Called with every event as it happens. A listener that throws becomes a process warning and changes nothing. */
  onEvent?: ((event: RunEvent) => void) | undefined;
  /** Instead of `input_payload_path`. */
  input?: RunInput | undefined;
  /** Joins `environment`; written nowhere, redacted everywhere. */
  secretEnvironment?: Readonly<Record<string, string>> | undefined;
  /** For this run only, past the registry. It stays the caller's to close. */
  runner?: RuntimeRunner | undefined;
}
