import { Companions, findShell } from "../start/shells.ts";
import { startDirectly } from "../start/start-directly.ts";
import { fitsCompanion, startInCompanion } from "../start/start-in-companion.ts";
import { startPlainly } from "../start/start-plainly.ts";
import { checkCommand, type Command } from "../start/command.ts";
import { NotExecuted } from "../start/not-executed.ts";
import type { Descriptors, Started, StartRequest } from "../start/started.ts";
import { ControlGroup } from "./cgroup.ts";
import { ContainedCommand } from "./contained-command.ts";
import type { ContainmentOption } from "./containment-option.ts";
import { Guard } from "./guard.ts";
import { prepareSearches } from "./process-table.ts";
import { insideRun } from "./run-tag.ts";

/**
 * What a run had: `companion`, started by a long-lived shell, and `direct`, started by us: both tagged, watched and swept;
 * `cgroup`, also in a control group; `group`: a process group, and nothing else.
 */
export type ContainmentMode = "companion" | "direct" | "cgroup" | "group";

/** What is to be started, and how its run is known. */
export interface ContainedRequest extends Command, Descriptors {
  readonly tag: number;
  /** An environment entry that only this run's processes have; null: none. */
  readonly cookie: string | null;
}

/** Starts commands so that nothing which they start outlives their runs, or us. */
export class Containment {
  readonly #option: ContainmentOption;
  readonly #shell: string | undefined;
  readonly #companions: Companions | undefined;
  readonly #guard: Guard | undefined;
  /** First processes of runs that live. */
  readonly #leaders = new Set<number>();

  /** `shell`: a POSIX shell of Linux; undefined: no more than a process group. */
  constructor(option: ContainmentOption, shell = process.platform === "linux" ? findShell() : undefined) {
    this.#option = option;
    this.#shell = shell;
    if (shell === undefined) return;
    this.#companions = new Companions(shell);
    this.#guard = new Guard(shell);
  }

  /** Rejects with NotExecuted. */
  async start(request: ContainedRequest, { avoidCompanion = false } = {}): Promise<ContainedCommand> {
    try {
      return await this.#start(request, avoidCompanion);
    } catch (error) {
      throw new NotExecuted(error as NodeJS.ErrnoException);
    }
  }

  /** Ends the shells that wait for the next run, and the guard. */
  async close(): Promise<void> {
    await Promise.all([this.#companions?.close(), this.#guard?.close()]);
  }

  /** Rejects with what spawn throws or tells. */
  async #start(request: ContainedRequest, avoidCompanion: boolean): Promise<ContainedCommand> {
    const { argv, directory, environment, stdin, stdout, stderr, tag, cookie } = request;
    const shell = this.#shell;
    const openGroup = () => (this.#option === "cgroup" ? ControlGroup.open(`xrt-${tag}`) : null);
    if (shell === undefined) {
      openGroup();
      const started = await startPlainly({
        command: { argv, directory, environment },
        stdin,
        stdout,
        stderr,
      });
      return new ContainedCommand(started, "group");
    }
    prepareSearches();
    const command = checkCommand({ argv, directory, environment });
    const cgroup = openGroup();
    const mark = { tag, outermost: !insideRun(), entrance: cgroup?.entrance ?? null };
    const { started, mode } = await this.#startTagged(
      shell,
      { command, mark, stdin, stdout, stderr },
      avoidCompanion,
    ).catch(async (error: unknown) => {
      this.#guard?.forget(tag, false);
      await cgroup?.remove();
      throw error;
    });
    return new ContainedCommand(started, cgroup === null ? mode : "cgroup", {
      tag,
      cookie,
      cgroup,
      ignored: [this.#leaders, this.#companions?.pids ?? new Set()],
      onLeader: (pid) => this.#leaders.add(pid),
      onReleased: (pid, leaves) => {
        if (pid !== undefined) this.#leaders.delete(pid);
        this.#guard?.forget(tag, leaves);
      },
    });
  }

  async #startTagged(
    shell: string,
    request: StartRequest & { readonly mark: { readonly tag: number } },
    avoidCompanion: boolean,
  ): Promise<{ started: Started; mode: "companion" | "direct" }> {
    const { tag } = request.mark;
    const companions = this.#companions;
    if (!avoidCompanion && this.#option !== "direct" && companions !== undefined && fitsCompanion(request)) {
      const taken = companions.take();
      const companion = taken instanceof Promise ? await taken : taken;
      if (companion !== undefined) {
        this.#guard?.watch(tag, companion.pid, companion.start);
        const release = companions.give.bind(companions);
        return { started: startInCompanion(companion, request, release), mode: "companion" };
      }
    }
    // Before it starts: we may be killed between its start and the next line.
    this.#guard?.watch(tag, 0, null);
    const started = await startDirectly(shell, request);
    this.#guard?.watch(tag, started.group, started.groupStart);
    return { started, mode: "direct" };
  }
}
