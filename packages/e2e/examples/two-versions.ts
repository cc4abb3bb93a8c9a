import * as v01 from "@xrt/contracts/v0.1";
import * as v02 from "@xrt/contracts/v0.2";
import { ExecutorRuntime } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";

await using runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });

// Two services of one host, each knowing one version alone.
async function older(pinned: v01.Runtime): Promise<void> {
  const invocation = v01.createInvocation({ runtime_kind: "subprocess", command: ["sh", "-c", "exit 3"] });
  const { schema_version, metadata } = await pinned.run(invocation);
  console.log(schema_version, metadata["xrt.error_code"]);
}
async function newer(pinned: v02.Runtime): Promise<void> {
  const invocation = v02.createInvocation({
    runtime_kind: "subprocess",
    command: ["sh", "-c", "echo begun; sleep 600"],
    limits: { idle_seconds: 0.5 },
  });
  const { schema_version, status, error } = await pinned.run(invocation);
  console.log(schema_version, status, error?.code);
}

await older(runtime);
await newer(runtime);
