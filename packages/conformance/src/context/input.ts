import { createReadStream } from "node:fs";
import type { RunContext } from "@xrt/contracts";

/** What a runner is given as input: the caller's own, else the payload file, else nothing. */
export function contextInput(
  input: string | Uint8Array | undefined,
  payloadPath: string | undefined,
): RunContext["input"] {
  if (input !== undefined) {
    const bytes = typeof input === "string" ? Buffer.from(input, "utf8") : input;
    return { path: null, stream: () => ReadableStream.from([bytes]) };
  }
  if (payloadPath === undefined) return null;
  return { path: payloadPath, stream: () => ReadableStream.from(createReadStream(payloadPath)) };
}
