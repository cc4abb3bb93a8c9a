import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Json } from "@xrt/contracts";
import { Bench } from "../bench.ts";
import type { CaseDefinition } from "../case-definition.ts";
import { ConformanceFailure, demand, resultIn, within } from "../failure.ts";
import type { Trial } from "../trial/trial.ts";
import { showEnding } from "../trial/trial.ts";
import type { Recovering } from "../fixtures.ts";
import { beginMs, requireStatus } from "./stops.ts";

/** What `recover` makes of a run whose supervisor died. */
export const recovers: readonly CaseDefinition[] = [
  {
    id: "recovers/attaches",
    requirement: "`recover` takes a run up where its last checkpoint left it, and says how it ended",
    declared: "recover",
    needs: ["recovers"],
    async test(bench) {
      const dead = await orphan(bench);
      const living = await recoverFrom(bench, dead, dead.state);
      requireStatus(dead.trial.scenario.status ?? "succeeded", await bench.end(living));
    },
  },
  {
    id: "recovers/without-checkpoint",
    requirement: "without a checkpoint `recover` answers too, and keeps the contract",
    declared: "recover",
    needs: ["recovers"],
    async test(bench) {
      const dead = await orphan(bench);
      const living = await recoverFrom(bench, dead, null);
      const ending = await bench.end(living);
      demand(ending.problem === undefined, () => `the outcome: ${ending.problem}`);
      demand(ending.thrown === undefined, () => `it threw: ${showEnding(ending)}`);
    },
  },
  {
    id: "recovers/stops",
    requirement: "a recovery is stopped as a run is",
    declared: "recover",
    needs: ["recovers"],
    async test(bench) {
      const dead = await orphan(bench);
      const living = await recoverFrom(bench, dead, dead.state, "cancelled");
      const { status, problem } = await bench.end(living, "after the cancel");
      // Its work may have ended before.
      const expected = new Set(["cancelled", dead.trial.scenario.status ?? "succeeded"]);
      demand(problem === undefined && expected.has(status), `expected cancelled, got ${problem ?? status}`);
    },
  },
  {
    id: "recovers/bystander",
    requirement:
      "it kills nothing on the word of a checkpoint alone: the run's own program can write where it is kept",
    declared: "recover",
    needs: ["recovers"],
    async test(bench) {
      const bystander = await startBystander();
      bench.defer(() => bystander.kill("SIGKILL"));
      const dead = await orphan(bench);
      const living = await recoverFrom(bench, dead, withNumbers(dead.state, Number(bystander.pid)));
      await resultIn(beginMs, living.ended);
      living.context.abort("cancelled");
      await bench.end(living, "after the cancel");
      const alive = await within(bench.patienceMs, "the bystander said nothing", answers(bystander));
      demand(alive, "a process of nobody's run, whose id stood in the checkpoint, was killed");
    },
  },
];

/** A process that has nothing to do with any run, in a group of its own. */
async function startBystander(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", "process.stdin.pipe(process.stdout)"], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  // What is written to one that was killed is lost, and the end of it is heard.
  child.stdin?.on("error", () => undefined);
  await once(child, "spawn");
  return child;
}

/** Whether it still says what it is told; a look at its id would take a dead one that nobody has reaped for alive. */
function answers(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(false);
    child.once("exit", () => resolve(false));
    child.stdout?.once("data", () => resolve(true));
    child.stdin?.write("alive?");
  });
}

/** A JSON value with another number in the place of each. */
function withNumbers(value: Json, number: number): Json {
  if (typeof value === "number") return number;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => withNumbers(item, number));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumbers(item, number)]));
}

interface Orphan {
  readonly trial: Trial<Recovering>;
  readonly state: Json;
}

/**
 * A run whose supervisor is as good as dead: its checkpoint is on disk and its promise never resolves, so that the
 * runner does nothing more, while its work goes on.
 */
async function orphan(bench: Bench): Promise<Orphan> {
  const { promise: reached, resolve: reach } = Promise.withResolvers<Json>();
  const { promise: over, reject: end } = Promise.withResolvers<never>();
  // Nobody may be waiting for it when the case is over.
  over.catch(() => undefined);
  let last = 1;
  const trial = await bench.start(
    async (place) => {
      const given = bench.fixture("recovers");
      const scenario = typeof given === "function" ? await given(place) : given;
      last = scenario.checkpoint ?? 1;
      return scenario;
    },
    {
      onCheckpoint: (state, count) => {
        if (count < last) return undefined;
        reach(state);
        return over;
      },
    },
  );
  bench.defer(() => end(new DOMException("the supervisor died", "AbortError")));
  const early = trial.ended.then((ending): never => {
    throw new ConformanceFailure(
      `the run ended before its checkpoint ${last}: ${showEnding(ending)}; \`recover\` needs one`,
    );
  });
  // It is looked at only while the checkpoint is waited for.
  early.catch(() => undefined);
  const what = `the run made no checkpoint ${last}`;
  return { trial, state: await within(bench.patienceMs, what, Promise.race([reached, early])) };
}

/** By a runner just made, as another process would make it, in the same run directory. */
async function recoverFrom(
  bench: Bench,
  { trial }: Orphan,
  state: Json,
  stoppedBy?: "cancelled",
): Promise<Trial> {
  const next = await Bench.open(bench.subject);
  bench.defer(() => next[Symbol.asyncDispose]());
  return next.start(trial.scenario, {
    recover: state,
    invocation: trial.invocation,
    directory: trial.context.directory,
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
  });
}
