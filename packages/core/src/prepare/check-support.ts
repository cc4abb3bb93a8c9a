import { reserved, showValue, type Invocation, type RuntimeRunner } from "@xrt/contracts";
import { Rejection } from "./rejection.ts";

/** Fields newer than v0.1 that core keeps itself, whatever the runner. */
const ownFields = ["limits.output_bytes", "limits.idle_seconds"];

/** Throws Rejection for a field newer than v0.1 that nobody would keep, or that cannot be read. */
export function checkSupport(invocation: Invocation, runner: RuntimeRunner): void {
  checkCarried(invocation);
  const supported = [...new Set([...ownFields, ...(runner.supports ?? [])])];
  const set = Object.entries(invocation.limits ?? {}).filter(([, value]) => value !== undefined);
  const unsupported = set.map(([name]) => `limits.${name}`).filter((field) => !supported.includes(field));
  if (unsupported.length === 0) return;
  throw new Rejection(
    "unsupported_field",
    `${unsupported.join(" and ")}: not supported by the runner for ${JSON.stringify(invocation.runtime_kind)}, which supports ${supported.join(", ")}; leave it out, or register a runner that keeps it`,
  );
}

/** A later field in older metadata that could not be read would mean none: a limit that nobody keeps. */
function checkCarried({ metadata, limits, timeout_seconds }: Invocation): void {
  const isRead: Readonly<Record<string, (text: string) => boolean>> = {
    [reserved.limits]: () => limits !== null,
    [reserved.timeoutSeconds]: (text) => Number(text) === timeout_seconds,
    // What could be read is the kind, and no longer here.
    [reserved.runtimeKind]: () => false,
  };
  for (const [key, holds] of Object.entries(isRead)) {
    const text = metadata[key];
    if (text === undefined || holds(text)) continue;
    const field = key.slice("xrt.".length);
    throw new Rejection(
      "invalid_metadata",
      `metadata ${key}: ${showValue(text)} cannot be read as the ${field} of contract v0.2 beside the rest of this invocation; correct it, or leave it out`,
    );
  }
}
