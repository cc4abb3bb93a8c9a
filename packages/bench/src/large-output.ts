// What 2 GiB of output cost: XRT against a bare spawn into a file, and how far the supervisor's memory grows meanwhile.
// Goal: at most 1.05 times the bare time, and within 10 MB of idle. Mebibytes and rounds may be given.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";
import { interleave } from "./interleave.ts";
import { makeScratch } from "./scratch.ts";

const mebibytes = Number(process.argv[2] ?? 2048);
const rounds = Number(process.argv[3] ?? 5);
const size = mebibytes * 1024 ** 2;
const [program, ...args] = ["head", "-c", String(size), "/dev/zero"] as const;

using scratch = makeScratch();
const runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });
const folder = join(scratch.path, "round");

async function bare(): Promise<string> {
  const file = join(folder, "stdout.txt");
  const stdout = openSync(file, "ax");
  const child = spawn(program, args, { stdio: ["ignore", stdout, stdout] });
  await new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
  closeSync(stdout);
  return file;
}

async function xrt(): Promise<string> {
  const fields = { command: [program, ...args], working_directory: folder };
  const result = await runtime.run(createInvocation({ runtime_kind: "subprocess", ...fields }));
  if (result.status !== "succeeded") throw new Error(result.error_summary ?? result.status);
  return result.stdout_path ?? "";
}

const round = (run: () => Promise<string>) => async (): Promise<number> => {
  mkdirSync(folder);
  const start = performance.now();
  const file = await run();
  const seconds = (performance.now() - start) / 1000;
  if (statSync(file).size !== size)
    throw new Error(`${file} has ${statSync(file).size} bytes instead of ${size}`);
  rmSync(folder, { recursive: true });
  return seconds;
};

const contenders = [
  { name: "bare", round: round(bare) },
  { name: "xrt", round: round(xrt) },
];
// What the first run loads is no growth.
for (const { round } of contenders) await round();
const idle = process.memoryUsage.rss();
let most = idle;
const sampling = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 20);
const { seconds, ratios } = await interleave(contenders, rounds);
clearInterval(sampling);
await runtime.close();
const cost = 1 / (ratios.get("xrt") ?? Number.NaN);
console.log(
  `${mebibytes} MiB: bare ${seconds.get("bare")?.toFixed(2)} s, xrt ${seconds.get("xrt")?.toFixed(2)} s, ${cost.toFixed(3)} times the cost; memory grew by ${((most - idle) / 1e6).toFixed(1)} MB`,
);
console.log(`output on ${scratch.inMemory ? "tmpfs" : "disk"}; medians of ${rounds} interleaved rounds`);
