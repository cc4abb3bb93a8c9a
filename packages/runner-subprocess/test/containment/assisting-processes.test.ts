import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settings } from "./settings.ts";
import { startSupervisor } from "./supervisor.ts";
import { openScratch, until } from "./trees.ts";

/** The living children of a process that have nothing of ours in their arguments: what the runner has for itself. */
function assistantsOf(pid: number, directory: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, "latin1");
        const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (Number(parent) !== pid || state === "Z") return false;
        return !readFileSync(`/proc/${entry}/cmdline`, "latin1").includes(`${directory}/`);
      } catch {
        // Gone in the meantime.
        return false;
      }
    })
    .map(Number);
}

function kill(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself: no test of ours.
    }
  }
}

test.each(settings)(
  "the runner's own processes may be killed in the middle of a run, whose tree dies all the same: $name",
  async (setting) => {
    using scratch = openScratch();
    await using supervisor = await startSupervisor(setting);
    for (const shape of ["setsid", "empty-environment", "hopper"] as const) {
      for (const end of ["deadline", "cancel"] as const) {
        using tree = scratch.tree(shape);
        const run = supervisor.start({ command: tree.command, working_directory: tree.folder });
        await tree.ready();
        const assistants = assistantsOf(supervisor.pid, scratch.directory);
        // Somebody has to outlive the supervisor's SIGKILL.
        if (setting.mode === "auto") expect(assistants).not.toEqual([]);
        kill(assistants);
        run.stop(end);
        const { status } = await run.result;
        // Those who lose sight of a run's end may say so.
        expect(["timed_out", "cancelled", "failed"]).toContain(status);
        await tree.gone();
      }
    }
    using next = scratch.tree("double-fork", { leader: "exit" });
    const { result } = supervisor.start({ command: next.command, working_directory: next.folder });
    expect((await result).status).toBe("succeeded");
    await next.gone();
  },
);

test.each(settings)(
  "the runner's own processes may be killed between runs, and the next one works: $name",
  async (setting) => {
    using scratch = openScratch();
    await using supervisor = await startSupervisor(setting);
    for (let n = 0; n < 5; n += 1) {
      using tree = scratch.tree("double-fork", { leader: "exit" });
      const { result } = supervisor.start({ command: tree.command, working_directory: tree.folder });
      expect((await result).status).toBe("succeeded");
      await tree.gone();
      const assistants = assistantsOf(supervisor.pid, scratch.directory);
      kill(assistants);
      // Every second time before the supervisor can have noticed.
      if (n % 2 === 0) continue;
      await until("they are gone", () => {
        const left = assistantsOf(supervisor.pid, scratch.directory);
        return !assistants.some((pid) => left.includes(pid));
      });
    }
  },
);

test.each(settings.filter(({ mode }) => mode === "auto"))(
  "after the runner's own processes were killed, new ones outlive the supervisor's SIGKILL: $name",
  async (setting) => {
    using scratch = openScratch();
    await using supervisor = await startSupervisor(setting);
    using first = scratch.tree("grandchild", { leader: "exit" });
    await supervisor.start({ command: first.command, working_directory: first.folder }).result;
    const assistants = assistantsOf(supervisor.pid, scratch.directory);
    kill(assistants);
    await until("they are gone", () => {
      const left = assistantsOf(supervisor.pid, scratch.directory);
      return !assistants.some((pid) => left.includes(pid));
    });
    using tree = scratch.tree("setsid");
    void supervisor.start({ command: tree.command, working_directory: tree.folder });
    await tree.ready();
    supervisor.process.kill("SIGKILL");
    await supervisor.ended;
    await tree.gone();
  },
);
