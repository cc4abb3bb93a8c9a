// What containment costs: the subprocess runner's own work, sweep included and records excluded, against a bare
// child_process.spawn into two files, execa and zx. Asked: at most 1.5 times bare one at a time and 1.0 at 16; main thread
// blocked at most 0.2 ms a run, stalls at most 10 ms at 64; the same at 2 GiB of memory within 1.2 times; exit seen within 10 ms.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Invocation, RunContext } from "@xrt/contracts";
import { SubprocessRunner } from "@xrt/runner-subprocess";
import { execa } from "execa";
import { $ } from "zx";
import { interleave, median } from "./interleave.ts";
import { makeScratch } from "./scratch.ts";

const rounds = Number(process.argv[2] ?? 9);
const runsPerRound = 200;

using scratch = makeScratch();
const runner = new SubprocessRunner();
const never = new AbortController().signal;
const config = runner.metadata.schema["~standard"].validate({}) as { value: never };
let made = 0;

interface Files {
  readonly folder: string;
  readonly stdout: number;
  readonly stderr: number;
}

function openFiles(): Files {
  made += 1;
  const folder = join(scratch.path, String(made));
  mkdirSync(folder);
  return { folder, stdout: openSync(join(folder, "out"), "a"), stderr: openSync(join(folder, "err"), "a") };
}

function closeFiles({ stdout, stderr }: Files): void {
  closeSync(stdout);
  closeSync(stderr);
}

async function bare(command: readonly string[]): Promise<void> {
  const files = openFiles();
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: ["ignore", files.stdout, files.stderr], env: process.env });
  await new Promise((resolve) => {
    child.once("exit", resolve);
  });
  closeFiles(files);
}

async function xrt(command: readonly string[]): Promise<void> {
  const files = openFiles();
  const invocation = { command, working_directory: scratch.path, environment: {}, timeout_seconds: null };
  const context = {
    runId: String(made),
    directory: files.folder,
    artifactDirectory: files.folder,
    config: config.value,
    signal: never,
    forceSignal: never,
    remainingMs: () => Number.POSITIVE_INFINITY,
    stdout: { path: join(files.folder, "out"), fd: files.stdout },
    stderr: { path: join(files.folder, "err"), fd: files.stderr },
    input: null,
    checkpoint: () => Promise.resolve(),
    emit: () => undefined,
  };
  const outcome = await runner.run(
    invocation as unknown as Invocation,
    context as unknown as RunContext<never>,
  );
  if (outcome.status !== "succeeded") throw new Error(outcome.error?.message);
  closeFiles(files);
}

async function withExeca([program = "", ...args]: readonly string[]): Promise<void> {
  const files = openFiles();
  await execa(program, args, { stdio: ["ignore", files.stdout as 3, files.stderr as 3] });
  closeFiles(files);
}

async function withZx(command: readonly string[]): Promise<void> {
  const files = openFiles();
  await $({ stdio: ["ignore", files.stdout, files.stderr], quiet: true })`${command}`;
  closeFiles(files);
}

type Way = (command: readonly string[]) => Promise<void>;

async function secondsOf(way: Way, concurrency: number, runs = runsPerRound): Promise<number> {
  let left = runs;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await way(["/bin/true"]);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (performance.now() - start) / 1000;
}

async function compare(label: string, ways: Readonly<Record<string, Way>>): Promise<void> {
  for (const concurrency of [1, 16]) {
    const contenders = Object.entries(ways).map(([name, way]) => ({
      name,
      round: () => secondsOf(way, concurrency),
    }));
    const { seconds, ratios } = await interleave(contenders, rounds);
    const shown = Object.keys(ways).map(
      (name) =>
        `${name} ${((1000 * (seconds.get(name) ?? Number.NaN)) / runsPerRound).toFixed(2)} ms (${(1 / (ratios.get(name) ?? Number.NaN)).toFixed(2)})`,
    );
    console.log(`${label}, ${concurrency} at a time: ${shown.join(", ")}`);
  }
}

/** Milliseconds of the main thread that a run takes, without the time in which others had the processor. */
async function blockedBy(way: Way): Promise<number> {
  const before = process.threadCpuUsage();
  await secondsOf(way, 1);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000 / runsPerRound;
}

/** The longest stall of the event loop, in milliseconds, at 64 at once. */
async function stallOf(way: Way): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await secondsOf(way, 64, 640);
  delay.disable();
  return delay.max / 1e6;
}

/** Milliseconds from a command's last act to the answer. */
async function lagOf(): Promise<number> {
  const file = join(scratch.path, String(made + 1), "out");
  await xrt(["date", "+%s.%N"]);
  const { readFileSync } = await import("node:fs");
  return performance.timeOrigin + performance.now() - 1000 * Number(readFileSync(file, "utf8"));
}

async function medianOf(measure: () => Promise<number>): Promise<string> {
  const values: number[] = [];
  for (let n = 0; n < rounds; n += 1) values.push(await measure());
  return median(values).toFixed(2);
}

await compare("small", { bare, xrt, execa: withExeca, zx: withZx });
console.log(
  `main thread: bare ${await medianOf(() => blockedBy(bare))} ms a run, xrt ${await medianOf(() => blockedBy(xrt))}`,
);
console.log(
  `longest stall at 64: bare ${await medianOf(() => stallOf(bare))} ms, xrt ${await medianOf(() => stallOf(xrt))}`,
);
console.log(`exit seen after: ${await medianOf(lagOf)} ms`);
const small = { one: await secondsOf(xrt, 1), many: await secondsOf(xrt, 16) };
const memory = Array.from({ length: 2048 }, () => Buffer.alloc(1024 * 1024, 1));
const large = { one: await secondsOf(xrt, 1), many: await secondsOf(xrt, 16) };
console.log(
  `at ${memory.length} MiB: xrt takes ${(large.one / small.one).toFixed(2)} times as long one at a time, ${(large.many / small.many).toFixed(2)} at 16`,
);
await compare("2 GiB", { bare, xrt });
await runner.close();
