// Runs per second of /bin/true, all records written, against bare child_process.spawn into two files.
// Goal: at least 0.8 of bare one at a time, 0.9 at 16.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";
import { compareRuns } from "./compare-runs.ts";
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

await compareRuns({
  scratch: scratch.path,
  bare: { name: "bare spawn", run: bare },
  xrt,
  runsPerRound,
  rounds,
});
console.log(
  `records on ${scratch.inMemory ? "tmpfs" : "disk"}; medians of ${rounds} interleaved rounds of ${runsPerRound} runs`,
);
await runtime.close();
