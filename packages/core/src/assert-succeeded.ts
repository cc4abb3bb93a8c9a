import { createXrtError, outcome, type AnyResult } from "@xrt/contracts";

/** Throws ERR_XRT_RUN_FAILED, with `error` and `result`, unless the run succeeded. */
export function assertSucceeded(result: AnyResult): void {
  if (result.status === "succeeded") return;
  const { error } = outcome.from(result);
  const message = `${result.runtime_name} (${result.invocation_id}) ${result.status}: ${error?.message ?? "no reason given"}`;
  throw createXrtError("ERR_XRT_RUN_FAILED", message, { ...(error ? { error } : {}), result });
}
