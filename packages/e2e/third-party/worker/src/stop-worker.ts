import { setImmediate } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import type { RunContext } from "@xrt/contracts";
import type { WorkerEnd } from "./worker-end.ts";

/** Asks the module to stop when the run is to stop, and ends its thread when the grace is over. */
export class Stop {
  /** Whether the module was asked to stop before it had ended. */
  asked = false;
  #ended = false;
  readonly #worker: Worker;
  readonly #context: Pick<RunContext<unknown>, "signal" | "forceSignal">;

  constructor(
    worker: Worker,
    end: Promise<WorkerEnd>,
    context: Pick<RunContext<unknown>, "signal" | "forceSignal">,
  ) {
    this.#worker = worker;
    this.#context = context;
    void end.then(() => (this.#ended = true));
    context.signal.addEventListener("abort", this.#onAbort, { once: true });
    context.forceSignal.addEventListener("abort", this.#onForce, { once: true });
    if (context.signal.aborted) this.#onAbort();
    if (context.forceSignal.aborted) this.#onForce();
  }

  dispose(): void {
    this.#context.signal.removeEventListener("abort", this.#onAbort);
    this.#context.forceSignal.removeEventListener("abort", this.#onForce);
  }

  readonly #onAbort = (): void => {
    void this.#ask();
  };

  readonly #onForce = (): void => {
    this.asked ||= !this.#ended;
    void this.#worker.terminate();
  };

  async #ask(): Promise<void> {
    // A busy host may be late: what ended before the deadline is heard of first, and was not stopped.
    await setImmediate();
    if (this.#ended) return;
    this.asked = true;
    const { reason } = this.#context.signal as { reason: { name?: string } | undefined };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows
    this.#worker.postMessage({ type: "stop", reason: reason?.name ?? "AbortError" });
  }
}
