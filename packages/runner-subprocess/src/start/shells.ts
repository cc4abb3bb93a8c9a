import { accessSync, constants } from "node:fs";
import { setImmediate as anotherTurn } from "node:timers/promises";
import { CompanionShell } from "./companion-shell.ts";

/** Where a POSIX shell is looked for: dash first, which forks fastest. */
const candidates = ["/bin/dash", "/usr/bin/dash", "/bin/sh"];

/** Undefined where there is none. */
export function findShell(): string | undefined {
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Companions that stay for the next run however long it takes, and those that stay for a while. */
const keptForGood = 16;
const keptForAWhile = 64;
/** Milliseconds. */
const aWhile = 30_000;
/** Milliseconds between two looks at whether the shells of living runs have been stopped. */
const watchMs = 1000;

/** The companion shells of one runner: each run takes one, and gives it back. */
export class Companions {
  readonly #shell: string;
  readonly #idle: CompanionShell[] = [];
  readonly #busy = new Set<CompanionShell>();
  readonly #pids = new Set<number>();
  #watch: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #opening: Promise<unknown> = Promise.resolve();

  constructor(shell: string) {
    this.#shell = shell;
  }

  /** The processes of all companions: none of them belongs to a run. */
  get pids(): ReadonlySet<number> {
    return this.#pids;
  }

  /**
   * Undefined when the system starts no more processes. One that is there is lent at once; new ones are started one in a
   * turn of the event loop, which each start holds up for as long as it takes to copy our page tables.
   */
  take(): CompanionShell | undefined | Promise<CompanionShell | undefined> {
    const idle = this.#takeIdle();
    if (idle !== undefined) return idle;
    const opened = this.#opening.then(async () => {
      await anotherTurn();
      return this.#takeIdle() ?? this.#lend(this.#open());
    });
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  /** `reusable`: nothing of its last run is left in its group. */
  give(companion: CompanionShell, reusable: boolean): void {
    this.#busy.delete(companion);
    if (reusable && companion.usable && this.#idle.length < keptForAWhile) {
      companion.unref();
      this.#idle.push(companion);
      if (this.#idle.length > keptForGood) this.#expire();
    } else {
      void this.#end(companion);
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#expiry);
    clearInterval(this.#watch);
    await Promise.all(this.#idle.splice(0).map((companion) => this.#end(companion)));
  }

  #takeIdle(): CompanionShell | undefined {
    for (;;) {
      const companion = this.#idle.pop();
      if (companion === undefined || companion.usable) return this.#lend(companion);
      void this.#end(companion);
    }
  }

  #lend(companion: CompanionShell | undefined): CompanionShell | undefined {
    if (companion === undefined) return undefined;
    this.#busy.add(companion);
    this.#watch ??= setInterval(() => this.#wakeStopped(), watchMs).unref();
    return companion;
  }

  #wakeStopped(): void {
    for (const companion of this.#busy) companion.wake();
    if (this.#busy.size > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #open(): CompanionShell | undefined {
    const companion = CompanionShell.open(this.#shell);
    if (companion !== undefined) this.#pids.add(companion.pid);
    return companion;
  }

  async #end(companion: CompanionShell): Promise<void> {
    await companion.close();
    this.#pids.delete(companion.pid);
  }

  #expire(): void {
    this.#expiry ??= setTimeout(() => {
      this.#expiry = undefined;
      for (const companion of this.#idle.splice(0, this.#idle.length - keptForGood))
        void this.#end(companion);
    }, aWhile).unref();
  }
}
