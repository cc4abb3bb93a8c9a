import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { ManualRunner } from "@xrt/runner-manual";

// Your code: an RPC, a queue, a service that you reach in your own way.
const askService = async (command: readonly string[]): Promise<{ done: boolean }> => ({
  done: command[0] === "archive",
});

const runtime = new ExecutorRuntime();
runtime.register(
  "manual",
  new ManualRunner(async ({ command }, { signal }) => {
    signal.throwIfAborted();
    const { done } = await askService(command);
    return done
      ? { status: "succeeded", exit_code: 0 }
      : { status: "failed", error: { code: "remote_failed", message: "the service declined" } };
  }),
);

const result = await runtime.run(
  createInvocation({ runtime_kind: "manual", command: ["archive", "--all"], timeout_seconds: 300 }),
);
console.log(result.status, result.exit_code);
await runtime.close();
