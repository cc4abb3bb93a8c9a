import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";

await using runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });

// A program that waits for its own child: the deadline ends both.
const run = runtime.start(
  createInvocation({
    runtime_kind: "subprocess",
    command: ["sh", "-c", "echo begun; sleep 600 & wait"],
    timeout_seconds: 1,
  }),
);
for await (const line of run.lines()) console.log("it printed:", line);

const result = await run.result;
console.log(result.status, result.exit_code);
console.log(result.error_summary);
