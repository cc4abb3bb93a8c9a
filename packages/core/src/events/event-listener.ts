import type { RunEvent } from "@xrt/contracts";
import { messageOf } from "../system-error.ts";

export type EventListener = (event: RunEvent) => void;

/** The caller's listener, kept from harming the run: what it throws, or rejects with, becomes a process warning. */
export function guardListener(listener: EventListener | undefined): EventListener | undefined {
  if (listener === undefined) return undefined;
  return (event) => {
    try {
      const returned: unknown = listener(event);
      if (returned instanceof Promise) returned.catch(warn);
    } catch (error) {
      warn(error);
    }
  };
}

function warn(error: unknown): void {
  process.emitWarning(`an onEvent listener threw: ${messageOf(error)}`, { code: "XRT_LISTENER" });
}
