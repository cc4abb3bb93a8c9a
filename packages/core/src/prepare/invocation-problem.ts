import type { Invocation, RuntimeRunner } from "@xrt/contracts";
import { parseConfig } from "./admit.ts";
import { checkSupport } from "./check-support.ts";
import { Rejection } from "./rejection.ts";

/**
 * Why a run of this invocation by this runner would be rejected for what the document says: a limit that the runner does
 * not support, metadata that its schema refuses. Undefined where neither is so; nothing is looked at outside of the two.
 */
export async function invocationProblem(
  invocation: Invocation,
  runner: RuntimeRunner,
): Promise<string | undefined> {
  try {
    checkSupport(invocation, runner);
    await parseConfig(invocation, runner);
    return undefined;
  } catch (error) {
    if (error instanceof Rejection) return error.message;
    throw error;
  }
}
