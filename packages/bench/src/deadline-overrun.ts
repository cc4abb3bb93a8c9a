// How long after its deadline a run is over, every process of it dead, by the number of its processes.
// Asked: at most 100 ms at up to 1000 processes.
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";
import { median } from "./interleave.ts";
import { makeScratch } from "./scratch.ts";

const rounds = Number(process.argv[2] ?? 7);
/** Enough for a slow machine to start them all. */
const timeoutSeconds = 6;

using scratch = makeScratch();
const runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });

async function overrun(processes: number, start: string): Promise<number> {
  const script = `n=0; while [ $n -lt ${processes} ]; do ${start} sleep 300 & n=$((n+1)); done; wait`;
  const result = await runtime.run(
    createInvocation({
      runtime_kind: "subprocess",
      command: ["sh", "-c", script],
      working_directory: scratch.path,
      timeout_seconds: timeoutSeconds,
    }),
  );
  if (result.status !== "timed_out") throw new Error(result.error_summary ?? result.status);
  return Date.parse(result.finished_at) - Date.parse(result.started_at) - timeoutSeconds * 1000;
}

for (const [shape, start] of [
  ["in the group", ""],
  ["each in a session of its own", "setsid"],
] as const) {
  for (const processes of [1, 100, 1000]) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await overrun(processes, start));
    console.log(
      `${processes} ${shape}: over ${median(times)} ms after the deadline, at most ${Math.max(...times)}`,
    );
  }
}
await runtime.close();
