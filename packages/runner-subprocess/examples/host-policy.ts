import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";

// The host lets programs see two names of its environment, and gives them two seconds after SIGTERM.
const subprocess = new SubprocessRunner({ inheritEnvironment: ["PATH", "LANG"], graceMs: 2000 });
const runtime = new ExecutorRuntime({ runners: { subprocess } });

const invocation = createInvocation({
  runtime_kind: "subprocess",
  command: ["env"],
  metadata: {
    "subprocess.inherit_environment": '["PATH","AWS_SECRET_ACCESS_KEY"]',
    "subprocess.stop_singal": "SIGINT",
  },
});
const result = await runtime.run(invocation);

console.log(result.status);
console.log(result.error_summary?.replaceAll("; metadata", "\nmetadata"));
await runtime.close();
