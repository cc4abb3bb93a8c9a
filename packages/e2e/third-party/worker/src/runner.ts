import { statSync } from "node:fs";
import { resolve } from "node:path";
import {
  defineRunner,
  outcome,
  type Invocation,
  type Outcome,
  type RunContext,
  type RuntimeRunner,
} from "@xrt/contracts";
import { leastMemory } from "./memory-limit.ts";
import { metadataSchema, type Metadata } from "./metadata.ts";
import type { Options } from "./options.ts";
import { startWorker } from "./start-worker.ts";
import { Stop } from "./stop-worker.ts";
import { capture, feed } from "./streams.ts";
import { endOf, isOutOfMemory, type WorkerEnd } from "./worker-end.ts";

/** Runs the module that the command names in a thread of its own, with the command's other words as its arguments. */
export function createRunner(options: Options): RuntimeRunner<Metadata> {
  return defineRunner({
    interfaceVersion: "1.0",
    supports: ["limits.memory_bytes"],
    graceMs: options.graceMs,
    metadata: { prefix: "example.worker.", schema: metadataSchema },
    async run(invocation, context) {
      context.signal.throwIfAborted();
      const [name = ""] = invocation.command;
      const module = resolve(invocation.working_directory, name);
      if (statSync(module, { throwIfNoEntry: false })?.isFile() !== true) {
        return outcome.rejected(
          "command_not_found",
          `there is no module ${module}; change the command's first word`,
        );
      }
      const memory = invocation.limits?.memory_bytes ?? Infinity;
      if (memory < leastMemory) {
        return outcome.rejected(
          "example.worker.memory_too_small",
          `limits.memory_bytes is ${memory}, and a thread needs ${leastMemory} to start; raise it`,
        );
      }
      return runModule(module, invocation, context, options);
    },
  });
}

async function runModule(
  module: string,
  invocation: Invocation,
  context: RunContext<Metadata>,
  options: Options,
): Promise<Outcome> {
  const worker = startWorker(module, invocation, context, options);
  const end = endOf(worker);
  const stop = new Stop(worker, end, context);
  const over = new AbortController();
  const captured = Promise.all([
    capture(worker.stdout, context.stdout),
    capture(worker.stderr, context.stderr),
  ]);
  // Output that cannot be kept ends the run: awaited below, when the thread is gone.
  captured.catch(() => worker.terminate());
  let inputFault: unknown;
  const fed = feed(worker, context.input, over.signal).then((fault) => {
    inputFault = fault;
    return fault === undefined ? undefined : worker.terminate();
  });
  worker.once("online", () => context.emit({ type: "started" }));
  try {
    const ended = await end;
    over.abort();
    await Promise.all([captured, fed]);
    if (ended.error instanceof Error)
      await context.stderr.write(`${ended.error.stack ?? ended.error.message}\n`);
    if (stop.asked) throw context.signal.reason;
    if (inputFault !== undefined) {
      return outcome.failed("payload_unreadable", `the input broke off: ${firstLine(inputFault)}`);
    }
    return describe(module, ended, invocation);
  } finally {
    stop.dispose();
  }
}

function describe(module: string, { exitCode, error }: WorkerEnd, { limits }: Invocation): Outcome {
  if (isOutOfMemory(error)) {
    const allowed = limits?.memory_bytes;
    return allowed === undefined
      ? outcome.failed("out_of_resources", `${module} ran out of memory; give its host more`)
      : outcome.failed(
          "limit_exceeded",
          `${module} took more memory than limits.memory_bytes, ${allowed}; raise it`,
        );
  }
  if (error !== undefined) {
    return outcome.failed("example.worker.uncaught", `${module} threw: ${firstLine(error)}`, {
      exit_code: exitCode,
    });
  }
  if (exitCode === 0) return outcome.succeeded({ exit_code: 0 });
  return outcome.failed("exit_status", `${module} ended with exit code ${exitCode}`, { exit_code: exitCode });
}

function firstLine(error: unknown): string {
  return String(error).split("\n")[0] ?? "";
}
