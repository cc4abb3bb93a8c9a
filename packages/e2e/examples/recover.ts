import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, listRuns } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";

// At the start of a service that keeps its runs in one folder.
const runtime = new ExecutorRuntime({
  runners: { subprocess: new SubprocessRunner() },
  runsDirectory: "runs",
});
for await (const run of runtime.recover(undefined, { onLeft: tell })) {
  const { status, error_summary } = await run.result;
  console.log("left behind:", run.id, status, error_summary);
}

await runtime.run(
  createInvocation({ invocation_id: "nightly", runtime_kind: "subprocess", command: ["true"] }),
);
for await (const { id, status } of listRuns("runs")) console.log(id, status);
await runtime.close();

function tell({ reason, message }: { reason: string; message: string }): void {
  if (reason === "uncertain" || reason === "unreadable") console.error(message);
}
