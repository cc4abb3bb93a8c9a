import type { Bench } from "../bench.ts";
import type { CaseDefinition } from "../case-definition.ts";
import { ConformanceFailure, demand, resultIn, sleep } from "../failure.ts";
import { showEnding, type Ending, type Trial } from "../trial/trial.ts";

/** How a run ends that is stopped. */
export const stops: readonly CaseDefinition[] = [
  {
    id: "stops/deadline",
    requirement: "a run that is not over by its deadline is timed_out",
    needs: ["runsUntilStopped"],
    async test(bench) {
      const trial = await bench.start(bench.fixture("runsUntilStopped"), { timeoutMs: 250 });
      requireStatus("timed_out", await bench.end(trial, "after its deadline and the whole grace"));
    },
  },
  {
    id: "stops/cancel",
    requirement: "a run that is cancelled is cancelled",
    needs: ["runsUntilStopped"],
    async test(bench) {
      const trial = await started(bench);
      trial.context.abort("cancelled");
      requireStatus("cancelled", await bench.end(trial, "after the cancel"));
    },
  },
  {
    id: "stops/asked-once",
    requirement: "`signal` alone ends it: it does not wait for `forceSignal`",
    needs: ["runsUntilStopped"],
    async test(bench) {
      const trial = await started(bench, { graceMs: 2 * bench.patienceMs });
      trial.context.abort("cancelled");
      await bench.end(trial, "by `signal` alone, and its fixture says that its work ends when asked");
    },
  },
  {
    id: "stops/forced",
    requirement: "`forceSignal` ends what does not end when asked",
    needs: ["runsUntilStopped"],
    async test(bench) {
      const { ignoresStop } = bench.subject.fixtures;
      const trial = await started(bench, {}, ignoresStop);
      trial.context.abort("cancelled");
      trial.context.force();
      requireStatus("cancelled", await bench.end(trial, "after `forceSignal`"));
    },
  },
  {
    id: "stops/before",
    requirement: "a run that is stopped before it begins starts nothing, and takes the status of its stop",
    needs: ["writesOutput"],
    async test(bench) {
      for (const [stoppedBy, status] of [
        ["cancelled", "cancelled"],
        ["deadline", "timed_out"],
      ] as const) {
        const { trial, ending } = await bench.run(bench.fixture("writesOutput"), { stoppedBy });
        requireStatus(status, ending);
        const { context } = trial;
        demand(!context.events.some(({ type }) => type === "started"), "it told that the work had started");
        const bytes = context.output("stdout").byteLength + context.output("stderr").byteLength;
        demand(bytes === 0, `it wrote ${bytes} bytes of output: the work was done`);
      }
    },
  },
  {
    id: "stops/one-of-two",
    requirement: "stopping one run leaves another of the same runner alone",
    needs: ["runsUntilStopped"],
    async test(bench) {
      const [one, other] = [await started(bench), await started(bench)];
      one.context.abort("cancelled");
      requireStatus("cancelled", await bench.end(one, "after the cancel"));
      // Long enough for whatever takes both down at once.
      await demandGoesOn(other, 100, "the other run ended too");
      other.context.abort("cancelled");
      requireStatus("cancelled", await bench.end(other, "after its own cancel"));
    },
  },
  {
    id: "stops/then-runs",
    requirement: "after a run that was stopped, the same runner runs another",
    needs: ["runsUntilStopped", "succeeds"],
    async test(bench) {
      const stopped = await started(bench);
      stopped.context.abort("cancelled");
      await bench.end(stopped, "after the cancel");
      requireStatus("succeeded", (await bench.run(bench.fixture("succeeds"))).ending);
    },
  },
];

export function requireStatus(expected: Ending["status"], ending: Ending): void {
  demand(ending.status === expected, () => `expected ${expected}, got ${showEnding(ending)}`);
}

/** Milliseconds that work gets to begin in, unless its first output shows that it has. A stop is right at any moment. */
export const beginMs = 250;

/** A run that goes on until it is stopped, once it has had time to begin. */
export async function started(
  bench: Bench,
  options: { graceMs?: number } = {},
  given = bench.fixture("runsUntilStopped"),
): Promise<Trial> {
  const trial = await bench.start(given, options);
  const { context } = trial;
  const silent = (): boolean =>
    context.output("stdout").byteLength + context.output("stderr").byteLength === 0;
  const end = performance.now() + beginMs;
  while (silent() && performance.now() < end) await sleep(10);
  await demandGoesOn(trial, 0, "the run ended before it was stopped");
  return trial;
}

/** Throws where the run ends within so many milliseconds. */
async function demandGoesOn({ ended }: Trial, ms: number, message: string): Promise<void> {
  const early = await resultIn(ms, ended);
  if (early !== undefined) throw new ConformanceFailure(`${message}: ${showEnding(early.value)}`);
}
