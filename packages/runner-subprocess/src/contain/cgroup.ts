import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export const noControlGroup = "ERR_XRT_NO_CONTROL_GROUP";

/** A control group of one run (cgroups(7), version 2): whatever the run does, its processes stay in it. */
export class ControlGroup {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws an error with `noControlGroup` as its code where we may not make one: it needs delegation. */
  static open(name: string): ControlGroup {
    try {
      const folder = path.join(ownFolder(), name);
      mkdirSync(folder);
      return new ControlGroup(folder);
    } catch (error) {
      const message = `no control group can be made here (${(error as Error).message}); have one of cgroup version 2 delegated to this process, or take another containment`;
      throw Object.assign(new Error(message, { cause: error }), { code: noControlGroup });
    }
  }

  /** The file to which a process writes 0 to enter. */
  get entrance(): string {
    return path.join(this.#folder, "cgroup.procs");
  }

  /** Kills all that is in it, at once (Linux 5.14). */
  kill(): void {
    writeFileSync(path.join(this.#folder, "cgroup.kill"), "1");
  }

  /** How many processes are in it. */
  count(): number {
    return readFileSync(this.entrance, "latin1").split("\n").length - 1;
  }

  /** Removes it. One whose processes do not die stays, as does what they hold. */
  async remove(): Promise<void> {
    for (let pause = 1; pause < 500; pause *= 2) {
      try {
        rmdirSync(this.#folder);
        return;
      } catch (error) {
        // EBUSY: dead processes are in it until they have been waited for.
        if ((error as NodeJS.ErrnoException).code !== "EBUSY") throw error;
      }
      await delay(pause);
    }
  }
}

/** The folder of our own control group. Throws where there is no version 2. */
function ownFolder(): string {
  const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "latin1"))?.[1];
  const mount = /^\S+ (\S+) cgroup2 /m.exec(readFileSync("/proc/self/mounts", "latin1"))?.[1];
  if (own === undefined || mount === undefined) throw new Error("this system has no cgroup version 2");
  return path.join(mount, own);
}
