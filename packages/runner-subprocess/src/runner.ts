import type { Invocation, Json, Outcome, RunContext, RuntimeRunner, StandardSchema } from "@xrt/contracts";
import { outcome } from "@xrt/contracts";
import { collectArtifacts } from "./artifact-globs.ts";
import type { ContainedCommand } from "./contain/contained-command.ts";
import { whereWeAre } from "./contain/process-identity.ts";
import { Containment } from "./contain/containment.ts";
import { describeExit } from "./describe-exit.ts";
import { describeSpawnFailure } from "./describe-spawn-failure.ts";
import { buildEnvironment, describeBadName } from "./environment.ts";
import type { Leftovers } from "./leftovers.ts";
import { metadataPrefix, metadataSchema, type SubprocessConfig } from "./metadata.ts";
import { defaultGraceMs, resolveOptions, type HostSettings, type SubprocessOptions } from "./options.ts";
import { recoverRun } from "./recover-run.ts";
import { seeThrough, type Course, type Ending } from "./see-through.ts";
import { cancelSource, openStandardInput, type InputReader } from "./standard-input.ts";
import { startCommand } from "./start-command.ts";
import { NotExecuted } from "./start/not-executed.ts";

/**
 * Runs `command` as a local process, in a process group and session of its own, with its output going straight into the
 * run's files. The run ends when that process exits; whatever it started and left is then killed.
 */
export class SubprocessRunner implements RuntimeRunner<SubprocessConfig> {
  readonly interfaceVersion = "1.0";
  readonly graceMs: number;
  readonly metadata: {
    readonly prefix: string;
    readonly schema: StandardSchema<unknown, SubprocessConfig>;
  };
  readonly #host: HostSettings;
  readonly #containment: Containment;

  /** Throws TypeError for an option that it does not know or that has no such value. */
  constructor(options: SubprocessOptions = {}) {
    this.#host = resolveOptions(options);
    this.graceMs = this.#host.graceMs ?? defaultGraceMs;
    this.metadata = { prefix: metadataPrefix, schema: metadataSchema(this.#host) };
    this.#containment = new Containment(this.#host.containment);
  }

  async run(invocation: Invocation, context: RunContext<SubprocessConfig>): Promise<Outcome> {
    context.signal.throwIfAborted();
    const badName = describeBadName(invocation.environment);
    if (badName !== undefined) return outcome.rejected("subprocess.invalid_environment", badName);
    const stdin = openStandardInput(context, this.#host.stdin);
    if ("status" in stdin) return stdin;
    const environment = buildEnvironment(invocation, context);
    const start = (avoidCompanion: boolean) =>
      startCommand(
        this.#containment,
        invocation,
        context,
        environment,
        stdin,
        this.#host.output,
        avoidCompanion,
      );
    try {
      let command = await start(false);
      for (;;) {
        const { ending, leftovers } = await seeThrough(command, courseOf(command, stdin.source, context));
        const { refused } = ending;
        if (refused === undefined || ending.stopSent !== null)
          return await this.#describe(ending, leftovers, command.mode, invocation, context);
        // Nothing was executed. What a companion could not do, we may, and else learn why.
        if (!refused.retry) throw NotExecuted.withCode(refused.code);
        command = await start(true);
      }
    } catch (error) {
      if (!(error instanceof NotExecuted)) throw error;
      if (stdin.source !== null) cancelSource(stdin.source);
      return await describeSpawnFailure(error.cause, invocation, environment);
    } finally {
      stdin.close();
    }
  }

  /** Kills what is left of a run whose supervisor died; its status nobody can tell any more. */
  recover(invocation: Invocation, state: Json, context: RunContext<SubprocessConfig>): Promise<Outcome> {
    return recoverRun(invocation, state, context);
  }

  /** Ends the shells that this runner keeps for the next run. */
  close(): Promise<void> {
    return this.#containment.close();
  }

  async #describe(
    ending: Ending,
    leftovers: Leftovers | undefined,
    containment: string,
    invocation: Invocation,
    context: RunContext<SubprocessConfig>,
  ): Promise<Outcome> {
    const { artifactGlobs, mergeOutput } = context.config;
    const { output } = this.#host;
    return {
      ...describeExit(ending, invocation, context, output),
      ...(output === "inherit" ? { stdout_path: null } : {}),
      ...(output === "inherit" || mergeOutput ? { stderr_path: null } : {}),
      ...(artifactGlobs.length === 0
        ? {}
        : { artifacts: await collectArtifacts(artifactGlobs, invocation, context) }),
      containment,
      ...(leftovers === undefined ? {} : { metadata: countLeftovers(leftovers) }),
    };
  }
}

/** What core is told of a run that is seen through. */
function courseOf(
  { started }: ContainedCommand,
  source: InputReader | null,
  context: RunContext<SubprocessConfig>,
): Course {
  return {
    orders: context,
    leftovers: context.config.leftovers,
    source,
    onStarted: (leader) => {
      context.emit({ type: "started", pid: leader.pid, pgid: started.group, process_start: leader.start });
      if (started.groupStart === null) return;
      const identity = { ...whereWeAre(), group: started.group, group_start: started.groupStart };
      // Where it cannot be written, the run's own output fares no better; and the tag tells of the run all the same.
      context.checkpoint(identity).catch(() => undefined);
    },
    onSurvivors: (message) => {
      context.emit({ type: "warning", code: "subprocess.leftovers_left", message });
    },
  };
}

function countLeftovers({ killed, left }: Leftovers): Record<string, string> {
  return {
    ...(killed > 0 ? { "subprocess.leftovers_killed": String(killed) } : {}),
    ...(left > 0 ? { "subprocess.leftovers_left": String(left) } : {}),
  };
}
