import { accessSync, closeSync, constants, openSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  firstIssues,
  joinIssues,
  showValue,
  type Invocation,
  type Issue,
  type RuntimeRunner,
} from "@xrt/contracts";
import { looksSecret, type Redactor } from "../record/redactor.ts";
import { Rejection } from "./rejection.ts";
import type { RunsBase } from "./run-directory.ts";
import { incompatibility, type RunnerRegistry } from "../runner-registry.ts";
import type { RunOptions, RuntimeOptions } from "../runtime-options.ts";
import { messageOf, systemCode } from "../system-error.ts";

/** The invocation as a runner gets it: paths absolute, secrets merged in, the limit that holds, frozen all the way down. */
export function resolveInvocation(
  invocation: Invocation,
  timeoutSeconds: number | null,
  secretEnvironment: Readonly<Record<string, string>> | undefined,
): Invocation {
  return Object.freeze({
    ...invocation,
    working_directory: resolve(invocation.working_directory),
    command: Object.freeze([...invocation.command]),
    environment: Object.freeze({ ...invocation.environment, ...secretEnvironment }),
    timeout_seconds: timeoutSeconds,
    input_payload_path: resolveOptional(invocation.input_payload_path),
    output_result_path: resolveOptional(invocation.output_result_path),
    artifact_directory: resolveOptional(invocation.artifact_directory),
    metadata: Object.freeze({ ...invocation.metadata }),
    limits: invocation.limits && Object.freeze({ ...invocation.limits }),
  });
}

/** An empty path stays what it is, to be refused: it would become our own working directory. */
function resolveOptional(path: string | null): string | null {
  return path === null || path === "" ? path : resolve(path);
}

/** Tells what is secret in this run from its beginning. */
export function addSecrets(
  redactor: Redactor,
  { environment }: Invocation,
  { secretEnvironment = {} }: RunOptions,
  { isSecret = looksSecret }: RuntimeOptions,
): void {
  for (const value of Object.values(secretEnvironment)) redactor.add(value);
  for (const [name, value] of Object.entries(environment)) if (isSecret(name, value)) redactor.add(value);
}

/** The runner that serves this run. Throws Rejection when there is none that can. */
export function findRunner(
  kind: string,
  own: RuntimeRunner | undefined,
  registry: RunnerRegistry,
): RuntimeRunner {
  if (own !== undefined) {
    const problem = incompatibility(kind, own);
    if (problem !== undefined) throw new Rejection("no_runner", problem);
    return own;
  }
  const runner = registry.get(kind);
  if (runner !== undefined) return runner;
  const kinds = registry.kinds.map((known) => `'${known}'`).join(", ");
  const known = kinds === "" ? "none is registered" : `registered: ${kinds}`;
  throw new Rejection(
    "no_runner",
    `no runner registered for runtime_kind='${kind}' (${known}); register one, or change runtime_kind`,
  );
}

/** Throws Rejection when the host's policy refuses, or cannot tell. */
export function applyPolicy(invocation: Invocation, policy: RuntimeOptions["policy"]): void {
  if (policy === undefined) return;
  let refusal: unknown;
  try {
    refusal = policy(invocation);
  } catch (error) {
    throw new Rejection("refused_by_policy", `the host's policy could not be asked: ${messageOf(error)}`);
  }
  if (refusal === undefined) return;
  throw new Rejection(
    "refused_by_policy",
    typeof refusal === "string" && refusal.trim() !== ""
      ? refusal
      : `the host's policy answered ${showValue(refusal)} instead of a sentence`,
  );
}

/** No schema is asked about more keys of one runner: each may cost it a search for the nearest known one. */
const mostKeys = 1000;

/** What the runner's schema makes of the metadata under its prefix. A schema may be asynchronous. */
export function parseConfig(invocation: Invocation, runner: RuntimeRunner): unknown {
  if (runner.metadata === undefined) return undefined;
  const { prefix, schema } = runner.metadata;
  const own = Object.entries(invocation.metadata).filter(([key]) => key.startsWith(prefix));
  if (own.length > mostKeys) {
    throw new Rejection(
      "invalid_metadata",
      `metadata has ${own.length} keys under ${showValue(prefix)}, and a runner takes at most ${mostKeys}; leave out what it does not need`,
    );
  }
  const validated = schema["~standard"].validate(
    Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
  );
  if (!(validated instanceof Promise)) return configOf(validated, prefix);
  const parsed = validated.then((result) => configOf(result, prefix));
  // A run that ends before its runner is called asks for it no more; that is no unhandled rejection.
  parsed.catch(() => undefined);
  return parsed;
}

function configOf(validated: unknown, prefix: string): unknown {
  const result = validated as {
    value?: unknown;
    issues?: readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] }[];
  };
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map(({ message, path = [] }): Issue => {
    const [first, ...rest] = path.map((segment) => (typeof segment === "object" ? segment.key : segment));
    return {
      message,
      path: first === undefined ? ["metadata"] : [`metadata ${prefix}${String(first)}`, ...rest],
    };
  });
  throw new Rejection("invalid_metadata", joinIssues(firstIssues(issues)));
}

/** Throws Rejection unless the working directory is there, the payload can be read, and what names a place can be a path. */
export function checkFiles(invocation: Invocation, options: RunOptions): void {
  checkPaths(invocation);
  checkWorkingDirectory(invocation.working_directory);
  if (options.input === undefined && invocation.input_payload_path !== null)
    checkPayload(invocation.input_payload_path);
}

const pathFields = {
  working_directory: "directory_missing",
  input_payload_path: "payload_unreadable",
  artifact_directory: "storage",
  output_result_path: "storage",
} as const;

/** In words of ours: those of Node tell of an argument of a function. */
function checkPaths(invocation: Invocation): void {
  for (const [field, code] of Object.entries(pathFields)) {
    const path = invocation[field as keyof typeof pathFields];
    if (path === "") throw new Rejection(code, `${field} is empty; name a path, or leave it out`);
    if (path?.includes("\0") !== true || field === "output_result_path") continue;
    throw new Rejection(code, `${field} contains a NUL byte, which no path can have; take it out`);
  }
}

function checkWorkingDirectory(path: string): void {
  try {
    if (statSync(path).isDirectory()) return;
  } catch (error) {
    const missing = systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR";
    const sentence = missing
      ? `working directory does not exist: ${path}; make it, or change working_directory`
      : `working directory cannot be used: ${path}: ${messageOf(error)}`;
    throw new Rejection("directory_missing", sentence);
  }
  throw new Rejection(
    "directory_missing",
    `working directory is not a directory: ${path}; change working_directory`,
  );
}

function checkPayload(path: string): void {
  try {
    const stats = statSync(path);
    // access(2) asks for the real user, not the effective one; but opening a pipe would be felt at its other end.
    if (stats.isFile()) closeSync(openSync(path, "r"));
    else accessSync(path, constants.R_OK);
    if (!stats.isDirectory()) return;
  } catch (error) {
    throw new Rejection(
      "payload_unreadable",
      `the payload ${path} cannot be read: ${messageOf(error)}; change input_payload_path`,
    );
  }
  throw new Rejection(
    "payload_unreadable",
    `the payload ${path} is a directory; input_payload_path must name a file`,
  );
}

export function runsBase(invocation: Invocation, options: RuntimeOptions): RunsBase {
  const given = invocation.artifact_directory ?? options.runsDirectory;
  if (given !== undefined) return { path: resolve(given), ours: false };
  return { path: join(invocation.working_directory, ".xrt"), ours: true };
}

/** Seconds until the deadline, or null for none; `clipped` when the host's maximum was the lower. */
export function timeoutOf(
  invocation: Invocation,
  runner: RuntimeRunner,
  options: RuntimeOptions,
): { seconds: number | null; clipped: boolean } {
  const wanted =
    invocation.timeout_seconds ?? options.defaultTimeoutSeconds ?? runner.defaultTimeoutSeconds ?? null;
  const most = options.maxTimeoutSeconds;
  if (most === undefined || (wanted !== null && wanted <= most)) return { seconds: wanted, clipped: false };
  return { seconds: most, clipped: true };
}
