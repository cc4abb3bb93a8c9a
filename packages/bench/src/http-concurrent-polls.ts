// 1,000 runs of kind http_async at once, of ten polls each at 0.1 s.
// Goal: at most twice the ideal wall time (0.9 s of waiting), and 1.5 s of CPU in this process.
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { httpRunners } from "@xrt/runner-http";
import { startService } from "./http-service.ts";
import { makeScratch } from "./scratch.ts";

const runs = 1000;
const polls = 10;
const intervalSeconds = 0.1;

using scratch = makeScratch();
using service = await startService();
const runtime = new ExecutorRuntime({ runners: { ...httpRunners() } });

async function one(): Promise<void> {
  const result = await runtime.run(
    createInvocation({
      runtime_kind: "http_async",
      command: ["http"],
      working_directory: scratch.path,
      timeout_seconds: 60,
      metadata: {
        "http.url": `${service.url}/kickoff`,
        "http.poll_url_template": `${service.url}/runs/{run_id}`,
        "http.poll_run_id_path": "id",
        "http.poll_status_path": "status",
        "http.poll_terminal_states": "completed,failed",
        "http.poll_interval_seconds": String(intervalSeconds),
      },
    }),
  );
  if (result.status !== "succeeded") throw new Error(result.error_summary ?? result.status);
}

await Promise.all(Array.from({ length: 100 }, one));
const ideal = (polls - 1) * intervalSeconds;
for (let round = 0; round < 5; round += 1) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: runs }, one));
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${runs} runs of ${polls} polls: wall ${wall.toFixed(2)} s (${(wall / ideal).toFixed(2)} of ideal), CPU ${((user + system) / 1e6).toFixed(2)} s`,
  );
}
await runtime.close();
