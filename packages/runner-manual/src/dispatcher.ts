import type { AnyResult, Invocation, Outcome, RunContext } from "@xrt/contracts";

/**
 * Does the work of one run, or has it done, and says how it ended: an `Outcome`, or a whole `RuntimeResult` from
 * elsewhere. It may be synchronous. It should stop when `context.signal` aborts; a throw is `failed`, or the abort's
 * status once that signal is aborted.
 */
export type Dispatcher = (
  invocation: Invocation,
  context: RunContext,
) => Outcome | AnyResult | Promise<Outcome | AnyResult>;
