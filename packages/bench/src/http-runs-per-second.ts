// Runs per second of kind http, all records written, against undici writing the same files over a pooled agent.
// Goal: at least 0.7 of undici.
import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { httpRunners } from "@xrt/runner-http";
import { Agent } from "undici";
import { startService } from "./http-service.ts";
import { compareRuns } from "./compare-runs.ts";
import { makeScratch } from "./scratch.ts";

const runsPerRound = 500;
const rounds = Number(process.argv[2] ?? 15);

using scratch = makeScratch();
using service = await startService();
const runtime = new ExecutorRuntime({ runners: { ...httpRunners() } });
const agent = new Agent();
const url = `${service.url}/small`;

function invocation(folder: string) {
  return createInvocation({
    runtime_kind: "http",
    command: ["http"],
    working_directory: folder,
    timeout_seconds: 30,
    metadata: { "http.url": url, "http.body": '{"task":"hello"}' },
  });
}

async function xrt(folder: string): Promise<void> {
  const result = await runtime.run(invocation(folder));
  if (result.status !== "succeeded") throw new Error(result.error_summary ?? result.status);
}

/** The files of a run as the runner leaves them, so that both write the same. */
async function filesOfARun(): Promise<ReadonlyMap<string, Buffer>> {
  const folder = join(scratch.path, "sample");
  mkdirSync(folder);
  const result = await runtime.run(invocation(folder));
  const directory = result.metadata["xrt.run_directory"] ?? "";
  const files = new Map(
    readdirSync(directory)
      .filter((name) => statSync(join(directory, name)).isFile())
      .map((name) => [name, readFileSync(join(directory, name))]),
  );
  rmSync(folder, { recursive: true });
  return files;
}

const files = await filesOfARun();

/** One request, its body hashed into a file, and the other files of a run written beside it. */
async function bare(folder: string, n: number): Promise<void> {
  const directory = join(folder, String(n));
  mkdirSync(directory);
  mkdirSync(join(directory, "artifacts"));
  const { statusCode, body } = await agent.request({
    origin: service.url,
    path: "/small",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"task":"hello"}',
  });
  const stdout = openSync(join(directory, "stdout.txt"), "ax");
  const hash = createHash("sha256");
  for await (const chunk of body as AsyncIterable<Buffer>) {
    hash.update(chunk);
    writeSync(stdout, chunk);
  }
  closeSync(stdout);
  hash.digest("hex");
  for (const [name, bytes] of files) {
    if (name !== "stdout.txt") writeFileSync(join(directory, name), bytes, { flag: "ax" });
  }
  if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
}

await compareRuns({ scratch: scratch.path, bare: { name: "undici", run: bare }, xrt, runsPerRound, rounds });
await runtime.close();
await agent.close();
