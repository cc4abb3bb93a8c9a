import { joinIssues, showValue } from "@xrt/contracts";
import * as z from "zod/mini";
import { resolveOptions, type HostSettings, type SubprocessOptions } from "../options.ts";

/** Where a stream goes: into the result, to our own descriptor of that number, nowhere, or to this descriptor. */
export type ProcessOutput = "capture" | "inherit" | "ignore" | number;

/** What `runProcess` takes. */
export interface ProcessOptions extends Omit<SubprocessOptions, "mergeOutput" | "stdin" | "output"> {
  /** Default: our own working directory. */
  cwd?: string | URL | undefined;
  /** Joins what is inherited; undefined unsets. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Milliseconds. Default: no limit. */
  timeoutMs?: number | undefined;
  /** Stops the process and all that it started. A reason named `TimeoutError` gives `timedOut`, any other `cancelled`. */
  signal?: AbortSignal | undefined;
  /** Ends the grace that a stop has: SIGKILL at once. */
  forceSignal?: AbortSignal | undefined;
  /** What the process reads; `inherit`: what we do. Default: nothing. */
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- one text has a meaning of its own
  input?: string | Uint8Array | ReadableStream<Uint8Array> | "inherit" | undefined;
  /** Default `capture`. */
  stdout?: ProcessOutput | undefined;
  /** Default `capture`. */
  stderr?: ProcessOutput | undefined;
  /** Bytes of each stream that are kept, from its beginning; what comes after is read and dropped. Default 64 MiB. */
  maxBytes?: number | undefined;
  /** Called as soon as the process is there. What it throws stops the process, and rejects. */
  onStart?: ((process: { pid: number; pgid: number; process_start: string }) => void) | undefined;
}

/** The options with every default filled in. */
export interface ProcessSettings {
  readonly host: HostSettings;
  readonly timeoutMs: number | null;
  readonly stdout: ProcessOutput;
  readonly stderr: ProcessOutput;
  readonly maxBytes: number;
}

const defaultMaxBytes = 64 * 1024 * 1024;
/** The longest delay that a Node timer takes. */
const longestMs = 2_147_483_647;

const own = z.object({
  timeoutMs: z._default(
    z.nullable(
      z
        .number(expected("a number of milliseconds"))
        .check(
          z.positive(expected("a number of milliseconds above 0")),
          z.maximum(longestMs, expected(`at most ${longestMs} milliseconds`)),
        ),
    ),
    null,
  ),
  stdout: output(),
  stderr: output(),
  maxBytes: z._default(
    z.int(expected("a whole number of bytes")).check(z.minimum(0, expected("at least 0 bytes"))),
    defaultMaxBytes,
  ),
});

function output() {
  const known = z.union(
    [z.enum(["capture", "inherit", "ignore"]), z.int().check(z.minimum(0))],
    expected('"capture", "inherit", "ignore" or a file descriptor'),
  );
  return z._default(known, "capture");
}

/** Throws TypeError, which names every option that is wrong. */
export function resolveProcessOptions({
  timeoutMs,
  stdout,
  stderr,
  maxBytes,
  ...rest
}: ProcessOptions): ProcessSettings {
  const {
    cwd: _cwd,
    env: _env,
    signal: _signal,
    forceSignal: _force,
    input: _input,
    onStart: _on,
    ...host
  } = rest;
  const parsed = own.safeParse({ timeoutMs, stdout, stderr, maxBytes });
  if (!parsed.success)
    throw new TypeError(`runProcess(command, options): ${joinIssues(parsed.error.issues)}`);
  return { host: resolveOptions(host, "runProcess(command, options)"), ...parsed.data };
}

function expected(what: string) {
  return { error: (issue: { input?: unknown }) => `expected ${what}, got ${showValue(issue.input)}` };
}
