// 1 GiB from loopback into the run's file, hashed on the way, against curl into a file.
// Goal: at most 2.5 times curl.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { rmSync } from "node:fs";
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { httpRunners } from "@xrt/runner-http";
import { startService } from "./http-service.ts";
import { interleave } from "./interleave.ts";
import { makeScratch } from "./scratch.ts";

const bytes = 1024 ** 3;
const rounds = Number(process.argv[2] ?? 5);

using scratch = makeScratch();
using service = await startService();
const runtime = new ExecutorRuntime({ runners: { ...httpRunners() } });
const url = `${service.url}/bytes?${bytes}`;

async function curl(): Promise<number> {
  const file = join(scratch.path, "curl");
  const start = performance.now();
  execFileSync("curl", ["-s", "-o", file, url]);
  const seconds = (performance.now() - start) / 1000;
  rmSync(file);
  return seconds;
}

async function xrt(): Promise<number> {
  const start = performance.now();
  const result = await runtime.run(
    createInvocation({
      runtime_kind: "http",
      command: ["http"],
      working_directory: scratch.path,
      metadata: { "http.url": url, "http.method": "GET" },
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  if (result.metadata["http.body_bytes"] !== String(bytes))
    throw new Error(result.error_summary ?? "too few bytes");
  rmSync(result.metadata["xrt.run_directory"] ?? "", { recursive: true });
  return seconds;
}

const { seconds, ratios } = await interleave(
  [
    { name: "curl", round: curl },
    { name: "xrt", round: xrt },
  ],
  rounds,
);
console.log(
  `1 GiB: curl ${seconds.get("curl")?.toFixed(2)} s, xrt with SHA-256 ${seconds.get("xrt")?.toFixed(2)} s, ${(1 / (ratios.get("xrt") ?? Number.NaN)).toFixed(2)} times curl`,
);
await runtime.close();
