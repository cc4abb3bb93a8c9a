import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { interleave } from "./interleave.ts";

/** One run, in a folder that is fresh in each round; `n` counts the runs of a round from 1. */
export type OneRun = (folder: string, n: number) => Promise<void>;

/** Prints runs per second of XRT and of the bare way, and their ratio, one at a time and 16 at a time. */
export async function compareRuns(options: {
  readonly scratch: string;
  readonly bare: { readonly name: string; readonly run: OneRun };
  readonly xrt: OneRun;
  readonly runsPerRound: number;
  readonly rounds: number;
}): Promise<void> {
  const { scratch, bare, xrt, runsPerRound, rounds } = options;
  for (const concurrency of [1, 16]) {
    const round = (run: OneRun) => () => secondsOf(run, concurrency, runsPerRound, join(scratch, "round"));
    const contenders = [
      { name: bare.name, round: round(bare.run) },
      { name: "xrt", round: round(xrt) },
    ];
    const { seconds, ratios } = await interleave(contenders, rounds);
    const perSecond = (name: string): string => (runsPerRound / (seconds.get(name) ?? Number.NaN)).toFixed(0);
    console.log(
      `${concurrency} at a time: ${bare.name} ${perSecond(bare.name)} runs/s, xrt ${perSecond("xrt")} runs/s, ratio ${ratios.get("xrt")?.toFixed(2)}`,
    );
  }
}

/** Seconds for a round at some number of runs at a time. Making and deleting the folder does not count. */
async function secondsOf(run: OneRun, concurrency: number, runs: number, folder: string): Promise<number> {
  mkdirSync(folder);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < runs) {
      next += 1;
      await run(folder, next);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - start) / 1000;
  rmSync(folder, { recursive: true });
  return seconds;
}
