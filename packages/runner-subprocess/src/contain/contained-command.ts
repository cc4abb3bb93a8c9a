import { killGroup, signalGroup } from "../process-group.ts";
import type { Started } from "../start/started.ts";
import type { ControlGroup } from "./cgroup.ts";
import { membersOf, type Membership } from "./contained-run.ts";
import type { ContainmentMode } from "./containment.ts";
import { findMembers } from "./find-members.ts";
import { whereLeft } from "./left-behind.ts";
import type { ProcessStatus } from "./process-table.ts";
import { sweep, type Swept } from "./sweep.ts";

/** What holds a command together, where the system offers it. */
export interface Bonds {
  readonly tag: number;
  readonly cookie: string | null;
  readonly cgroup: ControlGroup | null;
  /** Processes that are known not to be of this run. */
  readonly ignored: readonly ReadonlySet<number>[];
  onLeader(pid: number): void;
  onReleased(leader: number | undefined, leaves: boolean): void;
}

/** A started command, and all that came of it. */
export class ContainedCommand {
  readonly started: Started;
  readonly mode: ContainmentMode;
  readonly #bonds: Bonds | undefined;
  readonly #startedAt = performance.now();
  #leader: ProcessStatus | undefined;
  /** Something was alive in the group when nobody expected it any more, and may have done anything to it: stopped it, say. */
  #disturbed = false;

  constructor(started: Started, mode: ContainmentMode, bonds?: Bonds) {
    this.started = started;
    this.mode = mode;
    this.#bonds = bonds;
  }

  /** The command's process, as soon as it is there; undefined when there never was one. */
  async leader(): Promise<ProcessStatus | undefined> {
    const leader = await this.started.leader;
    if (leader !== undefined && this.#leader === undefined) {
      this.#leader = leader;
      this.#bonds?.onLeader(leader.pid);
    }
    return leader;
  }

  /** Whether anything of the run may be alive, its leader having ended: false where nothing was started since. */
  mayHaveLeft(): boolean {
    if (this.#bonds === undefined) return signalGroup(this.started.group, 0) !== "no_such_group";
    return this.#whereLeft() !== null;
  }

  /** How many processes of the run are alive. Where the system does not tell, the group counts as one. */
  async count(): Promise<number> {
    if (this.#bonds === undefined) return this.mayHaveLeft() ? 1 : 0;
    const range = this.#whereLeft();
    return range === null ? 0 : (await findMembers(this.#membership(), range, this.#ignored())).length;
  }

  /** Kills whatever of the run is alive, until nothing is, or it is late. */
  async kill(isLate: () => boolean): Promise<Swept> {
    if (this.#bonds === undefined) return killGroup(this.started.group, isLate);
    const range = this.#whereLeft();
    if (range === null) return { killed: 0, left: 0 };
    const { cgroup } = this.#bonds;
    const inGroup = cgroup?.count() ?? 0;
    cgroup?.kill();
    const swept = await sweep(() => this.#membership(), range, this.#ignored(), isLate);
    if (swept.killed > 0) this.#disturbed = true;
    return { killed: Math.max(swept.killed, inGroup), left: swept.left };
  }

  /**
   * The run is over: nothing of it is left, or something is meant to be, or could not be killed. `unknown`: we could not
   * look, and the guard will when we are gone.
   */
  async release(left: "nothing" | "something" | "unknown"): Promise<void> {
    if (left !== "unknown") this.#bonds?.onReleased(this.#leader?.pid, left === "something");
    this.started.release(left === "nothing" && !this.#disturbed);
    await this.#bonds?.cgroup?.remove();
  }

  #whereLeft() {
    return whereLeft(this.#leader?.pid, performance.now() - this.#startedAt);
  }

  #membership(): Membership {
    const { tag, cookie } = this.#bonds as Bonds;
    return membersOf({
      tag,
      cookie,
      group: this.started.group,
      groupStart: this.started.groupStart,
      helper: this.started.helper,
      since: this.#leader?.start ?? null,
    });
  }

  #ignored(): (pid: number) => boolean {
    const sets = (this.#bonds as Bonds).ignored;
    const own = this.#leader?.pid;
    return (pid) => pid !== own && sets.some((set) => set.has(pid));
  }
}
