import type { TerminalStatus } from "../status.ts";
import type { RuntimeInvocation } from "./runtime-invocation.ts";
import type { RuntimeResult } from "./runtime-result.ts";

/** All that a service pinned to v0.2 knows of a runtime. Every `ExecutorRuntime` is assignable to it, for ever. */
export interface Runtime {
  run(
    invocation: RuntimeInvocation,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<RuntimeResult & { status: TerminalStatus }>;
}
