import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";

const runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });

const result = await runtime.run(createInvocation({ runtime_kind: "container", command: ["alpine"] }));
console.log(result.status, result.metadata["xrt.error_code"]);
console.log(result.error_summary);
await runtime.close();
