import { ExecutorRuntime, type Run } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";
import { isatty } from "node:tty";
import type { ExecOptions } from "../definitions/exec.ts";
import type { ExecRequest } from "./invocation.ts";

/** Starts the run, its directory below `base`. */
export function startRun(request: ExecRequest, options: ExecOptions, base: string): Run {
  const runner = new SubprocessRunner({
    inheritEnvironment: options.cleanEnv !== true,
    stopSignal: options.signal,
    graceMs: Math.ceil(options.killAfter),
    mergeOutput: options.merge === true,
    stdin: readsOurs(options) ? "inherit" : "empty",
    output: options.capture ? "capture" : "inherit",
  });
  const runtime = new ExecutorRuntime({ runners: { subprocess: runner } });
  const { invocation, secretEnvironment, timeoutMs } = request;
  return runtime.start(
    { ...invocation, artifact_directory: base },
    { secretEnvironment, ...(timeoutMs === null ? {} : { signal: abortAfter(timeoutMs) }) },
  );
}

/** A terminal is handed over only together with our own descriptors: a captured program cannot talk with it. */
function readsOurs({ stdin, capture, input }: ExecOptions): boolean {
  return input === "-" || (stdin && (!capture || !isatty(0)));
}

/** Not `AbortSignal.timeout()`, whose reason does not say how long it was. */
function abortAfter(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  const message = `process exceeded timeout of ${milliseconds / 1000} seconds`;
  setTimeout(() => controller.abort(new DOMException(message, "TimeoutError")), milliseconds).unref();
  return controller.signal;
}
