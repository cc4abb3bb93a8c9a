import type { AnyResult } from "@xrt/contracts";
import type { Run } from "@xrt/core";
import type { ExecOptions } from "../definitions/exec.ts";
import { ClosedOutput } from "../output/output.ts";
import type { StopSignalWatch } from "../stop-signals.ts";
import { drain } from "./drain.ts";
import { Relay } from "./relay.ts";

/** What became of a run's output. */
export interface Delivery {
  readonly result: AnyResult;
  /** All of it was passed on. */
  readonly complete: boolean;
  /** Why passing it on broke off, or null. */
  readonly failure: Error | null;
  /** Nobody reads ours any more. */
  readonly closed: boolean;
}

/** Milliseconds that whoever reads our output may keep a run that was stopped waiting without reading. */
const patience = 1000;

/**
 * Passes the run's output on until it has ended and everything has arrived. A reader that leaves cancels the run; so it
 * does with the programs of a pipeline. A signal that comes when the run is over ends the waiting for a slow reader.
 */
export async function deliver(
  run: Run,
  { capture, merge }: Pick<ExecOptions, "capture" | "merge">,
  signals: StopSignalWatch,
): Promise<Delivery> {
  const onClosed = (): void => void run.cancel("nobody reads its output any more");
  const descriptors = !capture ? [] : merge === true ? ([1] as const) : ([1, 2] as const);
  const relays = descriptors.map((descriptor) => new Relay(run, descriptor, onClosed));
  const result = await run.result;
  const failures = (): Error[] => relays.flatMap(({ failure }) => failure ?? []);
  const isClosed = (): boolean => failures().some((failure) => failure instanceof ClosedOutput);
  const wasStopped = ["timed_out", "cancelled"].includes(result.status) || signals.received !== null;
  if (!isClosed()) {
    await Promise.race([drain(relays, wasStopped ? patience : Infinity), signals.next()]);
  }
  return {
    result,
    complete: relays.every((relay) => relay.complete),
    failure: failures().find((failure) => !(failure instanceof ClosedOutput)) ?? null,
    closed: isClosed(),
  };
}
