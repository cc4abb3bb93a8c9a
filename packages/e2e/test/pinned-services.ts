/** A service that was written when contract v0.1 was all there was, with a runner of its own from that time. */
export const oldService = `import { fileURLToPath } from "node:url";
import type { RuntimeRunner } from "@xrt/contracts";
import { createInvocation, parseResult, type Runtime } from "@xrt/contracts/v0.1";

export const contracts = fileURLToPath(import.meta.resolve("@xrt/contracts"));

export const runner: RuntimeRunner = {
  interfaceVersion: "1.0",
  run: async () => ({ status: "succeeded", exit_code: 0 }),
};

export async function ask(runtime: Runtime, runtime_kind: "subprocess" | "manual") {
  const result = await runtime.run(createInvocation({ runtime_kind, command: ["echo", "hi"] }));
  return {
    schema: result.schema_version,
    status: result.status,
    code: result.exit_code,
    valid: parseResult(result).status === result.status,
    wallTime: typeof result.metadata["xrt.usage"],
  };
}
`;

/** A service of today. */
export const newService = `import { fileURLToPath } from "node:url";
import { createInvocation, type Runtime } from "@xrt/contracts/v0.2";

export const contracts = fileURLToPath(import.meta.resolve("@xrt/contracts"));

export async function ask(runtime: Runtime) {
  const invocation = createInvocation({ runtime_kind: "subprocess", command: ["echo", "hi"], timeout_seconds: 30.5 });
  const result = await runtime.run(invocation);
  return {
    schema: result.schema_version,
    status: result.status,
    code: result.exit_code,
    usage: typeof result.usage?.wall_ms,
  };
}
`;

/** The host: one runtime for both, and the old service's runner in it. */
export function mainProgram(oldFolder: string): string {
  return `import { ExecutorRuntime } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";
import * as oldService from "./${oldFolder}/service.ts";
import * as newService from "./new-service/service.ts";

const runtime = new ExecutorRuntime({
  runners: { subprocess: new SubprocessRunner(), manual: oldService.runner },
});
const [old, oldRunner, today] = await Promise.all([
  oldService.ask(runtime, "subprocess"),
  oldService.ask(runtime, "manual"),
  newService.ask(runtime),
]);
const copies = new Set([oldService.contracts, newService.contracts]).size;
console.log(JSON.stringify({ copies, old, oldRunner, new: today }));
await runtime.close();
`;
}
