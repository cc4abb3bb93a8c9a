import {
  createXrtError,
  isNamespaced,
  showValue,
  type interfaceVersion,
  type RuntimeRunner,
} from "@xrt/contracts";
import { runtimeKinds } from "@xrt/contracts/v0.2";

/**
 * The interface that this core serves. Written out: the installed contracts may be a later one, of whose interface
 * nothing is served here. The compiler says when the two differ in this repository.
 */
const served = "1.0" satisfies typeof interfaceVersion;

/** Why a runner cannot be served here, naming both versions; undefined when it can. */
export function incompatibility(kind: string, runner: RuntimeRunner): string | undefined {
  const stated: unknown = (runner as Partial<RuntimeRunner> | undefined)?.interfaceVersion;
  const ours = /^(\d+)\.(\d+)$/.exec(served);
  const theirs = typeof stated === "string" ? /^(\d+)\.(\d+)$/.exec(stated) : null;
  if (theirs === null || typeof runner.run !== "function") {
    return `what is registered for ${JSON.stringify(kind)} is not a runner: expected a run() method and an interfaceVersion such as ${JSON.stringify(served)}, got ${showValue(stated)}`;
  }
  if (theirs[1] === ours?.[1] && Number(theirs[2]) <= Number(ours?.[2]))
    return impossibleTime(kind, runner) ?? unreadableSupport(kind, runner);
  return `the runner for ${JSON.stringify(kind)} was written for runner interface ${String(stated)}, and this runtime serves ${served}; upgrade the older of the two`;
}

/** A runner under a kind that no document can name would never be asked. */
function unreachable(kind: unknown): string | undefined {
  const isKind =
    typeof kind === "string" && (runtimeKinds.some((known) => known === kind) || isNamespaced(kind));
  if (isKind) return undefined;
  return `no invocation can name the runtime_kind ${showValue(kind)}; expected ${runtimeKinds.join(", ")}, or two or more lower-case words between dots, such as "acme.ssh"`;
}

/** A grace without end would be a hang. */
function impossibleTime(kind: string, { graceMs, defaultTimeoutSeconds }: RuntimeRunner): string | undefined {
  if (graceMs !== undefined && !(Number.isFinite(graceMs) && graceMs >= 0)) {
    return `the runner for ${JSON.stringify(kind)} has the graceMs ${showValue(graceMs)}; expected a finite number of milliseconds, 0 or more`;
  }
  if (defaultTimeoutSeconds !== undefined && !(defaultTimeoutSeconds > 0)) {
    return `the runner for ${JSON.stringify(kind)} has the defaultTimeoutSeconds ${showValue(defaultTimeoutSeconds)}; expected a number of seconds above 0`;
  }
  return undefined;
}

/** A string would be asked whether it includes a field's name, and answer for a part of it. */
function unreadableSupport(kind: string, { supports }: RuntimeRunner): string | undefined {
  const given: unknown = supports;
  const isList = Array.isArray(given) && given.every((field) => typeof field === "string");
  if (given === undefined || isList) return undefined;
  return `the runner for ${JSON.stringify(kind)} has the supports ${showValue(given)}; expected a list of fields, such as ["limits.memory_bytes"]`;
}

/** Runners by kind. Those once given are remembered, since runs in flight keep theirs until the end. */
export class RunnerRegistry {
  readonly #byKind = new Map<string, RuntimeRunner>();
  readonly #given = new Set<RuntimeRunner>();

  /** Throws ERR_XRT_INCOMPATIBLE_RUNNER. */
  set(kind: string, runner: RuntimeRunner): void {
    const problem = unreachable(kind) ?? incompatibility(kind, runner);
    if (problem !== undefined) throw createXrtError("ERR_XRT_INCOMPATIBLE_RUNNER", problem);
    this.#byKind.set(kind, runner);
    this.#given.add(runner);
  }

  get(kind: string): RuntimeRunner | undefined {
    return this.#byKind.get(kind);
  }

  get kinds(): string[] {
    return [...this.#byKind.keys()];
  }

  /** Closes every runner once. Throws what they threw, after all were closed. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled([...this.#given].map(async (runner) => runner.close?.()));
    const failures = closed.flatMap((result) =>
      result.status === "rejected" ? [result.reason as unknown] : [],
    );
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, "several runners could not be closed");
  }
}
