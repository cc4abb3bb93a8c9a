import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, readOutput } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";

const runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });

const result = await runtime.run(
  createInvocation({
    invocation_id: "example-001",
    runtime_kind: "subprocess",
    command: ["node", "-p", "'hello'"],
    timeout_seconds: 30,
  }),
);

console.log(result.status, result.exit_code);
console.log((await readOutput(result)).text.trim());
console.log(result.metadata["xrt.run_directory"]);
await runtime.close();
