// Server-sent events per second over loopback, each parsed, kept in NDJSON and emitted.
// Goal: a million.
import { rmSync } from "node:fs";
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { httpRunners } from "@xrt/runner-http";
import { startService } from "./http-service.ts";
import { makeScratch } from "./scratch.ts";

const events = 2_000_000;

using scratch = makeScratch();
using service = await startService();
const runtime = new ExecutorRuntime({ runners: { ...httpRunners() } });

for (let round = 0; round < 5; round += 1) {
  const start = performance.now();
  const result = await runtime.run(
    createInvocation({
      runtime_kind: "http",
      command: ["http"],
      working_directory: scratch.path,
      metadata: {
        "http.url": `${service.url}/events?${events}`,
        "http.method": "GET",
        "http.response_mode": "sse",
        "http.sse_terminal_events": "done",
      },
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  if (result.status !== "succeeded") throw new Error(result.error_summary ?? result.status);
  rmSync(result.metadata["xrt.run_directory"] ?? "", { recursive: true });
  console.log(
    `${result.metadata["http.events"]} events in ${seconds.toFixed(2)} s: ${(events / seconds / 1e6).toFixed(2)} million per second`,
  );
}
await runtime.close();
