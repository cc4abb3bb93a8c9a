import type { Invocation, Outcome, RunContext, RuntimeRunner } from "@xrt/contracts";
import { nearestTo, outcome, showValue } from "@xrt/contracts";
import { readAnswer } from "./answer.ts";
import type { Dispatcher } from "./dispatcher.ts";

/** Hands every invocation to a function of the host: one for all, or one per `runtime_name`. */
export class ManualRunner implements RuntimeRunner<undefined> {
  readonly interfaceVersion = "1.0";
  readonly #dispatchers: Dispatcher | ReadonlyMap<string, Dispatcher>;

  /** Throws TypeError when it is given anything but a function, or an object of functions. */
  constructor(dispatcher: Dispatcher | Readonly<Record<string, Dispatcher>>) {
    this.#dispatchers = typeof dispatcher === "function" ? dispatcher : ownFunctions(dispatcher);
  }

  async run(invocation: Invocation, context: RunContext): Promise<Outcome> {
    context.signal.throwIfAborted();
    const dispatcher = this.#find(invocation.runtime_name);
    if (typeof dispatcher === "string") return outcome.rejected("no_runner", dispatcher);
    const answer = await untilForced(dispatch(dispatcher, invocation, context), context);
    return readAnswer(answer, invocation);
  }

  /** A sentence where there is none of that name. */
  #find(name: string): Dispatcher | string {
    if (typeof this.#dispatchers === "function") return this.#dispatchers;
    const dispatcher = this.#dispatchers.get(name);
    if (dispatcher !== undefined) return dispatcher;
    const known = [...this.#dispatchers.keys()];
    const nearest = nearestTo(name.slice(0, 200), known);
    const hint = nearest === undefined ? "" : `, did you mean ${JSON.stringify(nearest)}?`;
    const list =
      known.length === 0 ? "there is none" : `known: ${known.map((each) => JSON.stringify(each)).join(", ")}`;
    return `no dispatcher registered for runtime_name=${showValue(name)}${hint} (${list})`;
  }
}

/** A map, so that `constructor` and `__proto__` are names like any other. */
function ownFunctions(dispatchers: Readonly<Record<string, Dispatcher>>): ReadonlyMap<string, Dispatcher> {
  const given: unknown = dispatchers;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(
      `new ManualRunner(dispatcher): expected a function, or an object of functions by runtime_name, got ${showValue(given)}`,
    );
  }
  for (const [name, dispatcher] of Object.entries<unknown>(dispatchers)) {
    if (typeof dispatcher === "function") continue;
    throw new TypeError(
      `new ManualRunner(dispatcher): expected a function for ${showValue(name)}, got ${showValue(dispatcher)}`,
    );
  }
  return new Map(Object.entries(dispatchers));
}

/** Asynchronous, so that a dispatcher that throws at once is no different. */
async function dispatch(
  dispatcher: Dispatcher,
  invocation: Invocation,
  context: RunContext,
): Promise<unknown> {
  return dispatcher(invocation, context);
}

/** The answer, or the reason of the stop once its grace is over: a dispatcher that never answers holds nobody. */
async function untilForced(answer: Promise<unknown>, { signal, forceSignal }: RunContext): Promise<unknown> {
  const { promise: forced, reject } = Promise.withResolvers<never>();
  const onForce = (): void => {
    const reason: unknown = signal.reason ?? forceSignal.reason;
    reject(reason instanceof Error ? reason : new Error(String(reason)));
  };
  if (forceSignal.aborted) onForce();
  else forceSignal.addEventListener("abort", onForce, { once: true });
  try {
    return await Promise.race([answer, forced]);
  } finally {
    forceSignal.removeEventListener("abort", onForce);
  }
}
