import { createInvocation } from "@xrt/contracts/v0.1";
import { assertSucceeded, ExecutorRuntime, openRun } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";

await using runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });

const run = runtime.start(
  createInvocation({ runtime_kind: "subprocess", command: ["sh", "-c", "echo one; echo two; sleep 600"] }),
);
for await (const line of run.lines()) {
  console.log("it printed:", line);
  if (line === "two") void run.cancel("seen enough");
}
console.log((await run.result).status);

// Another process would do the same with the run's directory.
const record = await openRun(run.directory ?? "");
for await (const { type } of record.events) if (type !== "output") console.log(type);
try {
  assertSucceeded(await record.result);
} catch (error) {
  console.log(String(error));
}
