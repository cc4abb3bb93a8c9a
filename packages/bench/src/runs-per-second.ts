// Runs per second of /bin/true, all records written, against bare child_process.spawn into two files.
// Goal: at least 0.8 of bare one at a time, 0.9 at 16.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";
import { interleave } from "./interleave.ts";
import { makeScratch } from "./scratch.ts";

const runsPerRound = 320;
const rounds = Number(process.argv[2] ?? 15);

using scratch = makeScratch();
const runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });

function bare(folder: string, n: number): Promise<void> {
  const stdout = openSync(join(folder, `${n}.stdout.txt`), "ax");
  const stderr = openSync(join(folder, `${n}.stderr.txt`), "ax");
  const child = spawn("/bin/true", [], { cwd: folder, stdio: ["ignore", stdout, stderr] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      closeSync(stdout);
      closeSync(stderr);
      if (code === 0) resolve();
      else reject(new Error(`/bin/true exited with ${code}`));
    });
  });
}

async function xrt(folder: string): Promise<void> {
  const result = await runtime.run(
    createInvocation({ runtime_kind: "subprocess", command: ["/bin/true"], working_directory: folder }),
  );
  if (result.status !== "succeeded") throw new Error(result.error_summary ?? result.status);
}

/** Seconds for a round at some number of runs at a time, in a fresh folder. */
async function round(
  concurrency: number,
  one: (folder: string, n: number) => Promise<void>,
): Promise<number> {
  const folder = join(scratch.path, "round");
  mkdirSync(folder);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < runsPerRound) {
      next += 1;
      await one(folder, next);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - start) / 1000;
  rmSync(folder, { recursive: true });
  return seconds;
}

for (const concurrency of [1, 16]) {
  const contenders = [
    { name: "bare spawn", round: () => round(concurrency, bare) },
    { name: "xrt", round: () => round(concurrency, xrt) },
  ];
  const { seconds, ratios } = await interleave(contenders, rounds);
  const perSecond = (name: string): string => (runsPerRound / (seconds.get(name) ?? Number.NaN)).toFixed(0);
  console.log(
    `${concurrency} at a time: bare spawn ${perSecond("bare spawn")} runs/s, xrt ${perSecond("xrt")} runs/s, ratio ${ratios.get("xrt")?.toFixed(2)}`,
  );
}
console.log(
  `records on ${scratch.inMemory ? "tmpfs" : "disk"}; medians of ${rounds} interleaved rounds of ${runsPerRound} runs`,
);
await runtime.close();
