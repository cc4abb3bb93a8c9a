import { getEventListeners } from "node:events";
import { isDeepStrictEqual } from "node:util";
import { Bench } from "../bench.ts";
import type { CaseDefinition } from "../case-definition.ts";
import { eventually, demand } from "../failure.ts";
import type { Given } from "../fixtures.ts";
import {
  activeResources,
  childProcesses,
  openDescriptors,
  processesAt,
  processState,
  type OtherProcess,
} from "../observe/process-state.ts";
import type { Trial } from "../trial/trial.ts";
import { started } from "./stops.ts";

/** What is left of runs that are over. */
export const leaves: readonly CaseDefinition[] = [
  {
    id: "leaves/no-listeners",
    requirement: "after a run no listener is left on its signals",
    needs: ["succeeds"],
    async test(bench) {
      for (const trial of await someRuns(bench)) {
        for (const name of ["signal", "forceSignal"] as const) {
          await eventually(bench.patienceMs, () => {
            const left = getEventListeners(trial.context[name], "abort").length;
            return left === 0 ? undefined : `${left} abort listeners are left on \`${name}\``;
          });
        }
      }
    },
  },
  {
    id: "leaves/no-children",
    requirement: "after a run, however it ended, no process of it is alive, and after `close` none at all",
    needs: ["succeeds"],
    async test(bench) {
      const before = new Set(childProcesses().map(({ pid }) => pid));
      const trials = await someRuns(bench);
      const places = trials.flatMap(({ context, invocation }) => [
        context.directory,
        invocation.working_directory,
      ]);
      // A fixture's own processes go with its place.
      await bench.endTrials();
      await eventually(bench.patienceMs, () => complaintOf("of these runs", processesAt(places)));
      // What it keeps for runs to come goes when it is closed.
      await bench.close();
      await eventually(bench.patienceMs, () => {
        const left = childProcesses().filter(({ pid }) => !before.has(pid));
        return complaintOf("of the runner, after its `close`,", left);
      });
    },
  },
  {
    id: "leaves/no-descriptors",
    requirement: "after runs and `close`, no descriptor is left open",
    needs: ["succeeds"],
    async test(bench) {
      await leavesNothing(bench, openDescriptors, (before, now) => {
        const left = [...now].filter(([fd, target]) => before.get(fd) !== target).map(([, target]) => target);
        return now.size <= before.size ? undefined : `these are left open: ${left.join(", ")}`;
      });
    },
  },
  {
    id: "leaves/no-timers",
    requirement: "after runs and `close`, no timer, socket or other resource keeps the process alive",
    needs: ["succeeds"],
    async test(bench) {
      await leavesNothing(bench, activeResources, (before, now) => {
        const more = [...now].filter(([type, count]) => count > (before.get(type) ?? 0));
        const list = more.map(([type, count]) => `${count - (before.get(type) ?? 0)} ${type}`).join(", ");
        return more.length === 0 ? undefined : `these keep the process alive: ${list}`;
      });
    },
  },
  {
    id: "leaves/process",
    requirement:
      "a run changes nothing of its host: working directory, environment, umask, exit code, listeners",
    needs: ["succeeds"],
    async test(bench) {
      const before = processState();
      await someRuns(bench);
      await bench.endTrials();
      const now = processState();
      for (const member of ["directory", "environment", "umask", "exitCode", "listeners"] as const) {
        demand(isDeepStrictEqual(before[member], now[member]), `the process's ${member} changed`);
      }
    },
  },
  {
    id: "leaves/signals",
    requirement:
      "while it runs, it does not listen to the host's signals: stopping the host is the runtime's affair",
    needs: ["runsUntilStopped"],
    async test(bench) {
      const before = processState().listeners;
      await started(bench);
      const now = processState().listeners;
      for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"]) {
        demand((now[signal] ?? 0) <= (before[signal] ?? 0), `it listens to ${signal} of its host`);
      }
    },
  },
];

function complaintOf(whose: string, left: readonly OtherProcess[]): string | undefined {
  if (left.length === 0) return undefined;
  const list = left.map(({ pid, command }) => `${pid} (${command.replaceAll(/\s+/g, " ").slice(0, 200)})`);
  return `processes ${whose} are alive: ${list.join(", ")}`;
}

/** One run of each sort that the fixtures know, each over. */
async function someRuns(bench: Bench): Promise<Trial[]> {
  const { succeeds, fails, runsUntilStopped } = bench.subject.fixtures;
  const trials: Trial[] = [];
  const run = async (given: Given): Promise<void> => {
    trials.push((await bench.run(given)).trial);
  };
  if (succeeds !== undefined) await run(succeeds);
  if (fails !== undefined) await run(fails);
  if (runsUntilStopped !== undefined) {
    const trial = await started(bench);
    trial.context.abort("cancelled");
    await bench.end(trial, "after the cancel");
    trials.push(trial);
  }
  return trials;
}

/**
 * Looks before and after some runs and the runner's `close`, the second time until there is no complaint: a socket is
 * not closed on the spot. What is loaded once and kept is loaded by a runner of its own before.
 */
async function leavesNothing<T>(
  bench: Bench,
  look: () => T,
  complain: (before: T, now: T) => string | undefined,
): Promise<void> {
  await someRuns(bench);
  await bench.endTrials();
  await bench.close();
  const before = look();
  await using second = await Bench.open(bench.subject);
  await someRuns(second);
  await second.endTrials();
  await second.close();
  await eventually(bench.patienceMs, () => complain(before, look()));
}
