import type { Invocation, Outcome, RunContext, RuntimeRunner, StandardSchema } from "@xrt/contracts";
import { outcome } from "@xrt/contracts";
import { collectArtifacts } from "./artifact-globs.ts";
import { describeExit, type Ending } from "./describe-exit.ts";
import { describeSpawnFailure } from "./describe-spawn-failure.ts";
import { buildEnvironment, describeBadName } from "./environment.ts";
import { clearLeftovers, hasLeftovers, type Leftovers } from "./leftovers.ts";
import { metadataPrefix, metadataSchema, type SubprocessConfig } from "./metadata.ts";
import { defaultGraceMs, resolveOptions, type HostSettings, type SubprocessOptions } from "./options.ts";
import { signalGroup } from "./process-group.ts";
import { spawnCommand, type StartedProcess } from "./spawn-command.ts";
import { cancelSource, feed, openStandardInput, type Feed, type InputReader } from "./standard-input.ts";
import { endedBefore, stopOnAbort } from "./stop-process.ts";
import { waitForExit } from "./wait-for-exit.ts";

/**
 * Runs `command` as a local process, in a session and process group of its own, with its output going straight into the
 * run's files. The run ends when that process exits; what is then left of its group is killed.
 */
export class SubprocessRunner implements RuntimeRunner<SubprocessConfig> {
  readonly interfaceVersion = "1.0";
  readonly graceMs: number;
  readonly metadata: {
    readonly prefix: string;
    readonly schema: StandardSchema<unknown, SubprocessConfig>;
  };
  readonly #host: HostSettings;

  /** Throws TypeError for an option that it does not know or that has no such value. */
  constructor(options: SubprocessOptions = {}) {
    this.#host = resolveOptions(options);
    this.graceMs = this.#host.graceMs ?? defaultGraceMs;
    this.metadata = { prefix: metadataPrefix, schema: metadataSchema(this.#host) };
  }

  async run(invocation: Invocation, context: RunContext<SubprocessConfig>): Promise<Outcome> {
    context.signal.throwIfAborted();
    const badName = describeBadName(invocation.environment);
    if (badName !== undefined) return outcome.rejected("subprocess.invalid_environment", badName);
    const stdin = openStandardInput(context, this.#host.stdin);
    if ("status" in stdin) return stdin;
    let child: ReturnType<typeof spawnCommand>;
    const environment = buildEnvironment(invocation, context);
    try {
      child = spawnCommand(invocation, context, environment, stdin.stdio, this.#host.output);
    } finally {
      stdin.close();
    }
    if (child instanceof Promise) {
      if (stdin.source !== null) cancelSource(stdin.source);
      return describeSpawnFailure(await child, invocation, environment);
    }
    return this.#supervise(child, stdin.source, invocation, context);
  }

  async #supervise(
    child: StartedProcess,
    source: InputReader | null,
    invocation: Invocation,
    context: RunContext<SubprocessConfig>,
  ): Promise<Outcome> {
    const { artifactGlobs, mergeOutput } = context.config;
    const { output } = this.#host;
    const { ending, leftovers } = await untilGone(child, source, context);
    return {
      ...describeExit(ending, invocation, context, output),
      ...(output === "inherit" ? { stdout_path: null } : {}),
      ...(output === "inherit" || mergeOutput ? { stderr_path: null } : {}),
      ...(artifactGlobs.length === 0
        ? {}
        : { artifacts: await collectArtifacts(artifactGlobs, invocation, context) }),
      ...(leftovers === undefined ? {} : { metadata: countLeftovers(leftovers) }),
    };
  }
}

/** Sees the process through to its end, and its group to nothing. */
async function untilGone(
  child: StartedProcess,
  source: InputReader | null,
  context: RunContext<SubprocessConfig>,
): Promise<{ ending: Ending; leftovers: Leftovers | undefined }> {
  const stop = stopOnAbort(child.pid, context);
  const input = feedInput(child, source);
  try {
    const exited = waitForExit(child, () => stop.leaderExited());
    context.emit({ type: "started", pid: child.pid, pgid: child.pid });
    const exit = await exited;
    const stopSent = endedBefore(exit, stop) ? null : stop.sent;
    const ending = { ...exit, stopSent, inputFailure: input?.failure ?? null };
    input?.stop();
    if (!hasLeftovers(child.pid)) return { ending, leftovers: undefined };
    return { ending, leftovers: await clearLeftovers(child.pid, context.config.leftovers, stop, context) };
  } finally {
    stop.dispose();
  }
}

/** Pumps the caller's `input`, if that is what the child reads. A source that breaks off ends the run. */
function feedInput({ pid, stdin }: StartedProcess, source: InputReader | null): Feed | undefined {
  if (stdin === null || source === null) return undefined;
  return feed(source, stdin, () => signalGroup(pid, "SIGKILL"));
}

function countLeftovers({ killed, left }: Leftovers): Record<string, string> {
  return {
    ...(killed > 0 ? { "subprocess.leftovers_killed": String(killed) } : {}),
    ...(left > 0 ? { "subprocess.leftovers_left": String(left) } : {}),
  };
}
