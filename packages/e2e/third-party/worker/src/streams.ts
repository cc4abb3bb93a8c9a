import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Worker } from "node:worker_threads";
import type { OutputSink, RunContext } from "@xrt/contracts";

/** Writes everything that comes, at the file's pace. */
export async function capture(from: Readable, to: OutputSink): Promise<void> {
  for await (const chunk of from as AsyncIterable<Uint8Array>) await to.write(chunk);
}

/** Hands the run's input to the module. Resolves with what broke off the input; undefined when all went well, or nobody read it. */
export async function feed(worker: Worker, input: RunContext["input"], over: AbortSignal): Promise<unknown> {
  const { stdin } = worker;
  if (stdin === null) return undefined;
  if (input === null) {
    stdin.end();
    return undefined;
  }
  try {
    await pipeline(Readable.fromWeb(input.stream()), stdin, { signal: over });
    return undefined;
  } catch (error) {
    return over.aborted ? undefined : error;
  }
}
