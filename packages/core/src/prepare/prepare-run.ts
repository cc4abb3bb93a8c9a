import { rmSync } from "node:fs";
import type { AnyInvocation, Invocation, RuntimeRunner } from "@xrt/contracts";
import type { DecodedInvocation } from "@xrt/contracts/codec";
import {
  addSecrets,
  applyPolicy,
  checkFiles,
  findRunner,
  parseConfig,
  resolveInvocation,
  runsBase,
  timeoutOf,
} from "./admit.ts";
import { checkRunOptions } from "../check-options.ts";
import { checkSupport } from "./check-support.ts";
import { OutputFile } from "../output/output-file.ts";
import { outputPath } from "../output/output-progress.ts";
import { Rejection } from "./rejection.ts";
import { makeRunDirectory, type RunDirectory } from "./run-directory.ts";
import type { RunParts } from "../run-parts.ts";
import type { RunnerRegistry } from "../runner-registry.ts";
import type { RunOptions, RuntimeOptions } from "../runtime-options.ts";
import { ownIdentity } from "../stop/supervisor-identity.ts";
import { classify, isShortage, messageOf } from "../system-error.ts";

/** The runtime that a run belongs to. */
export interface Host {
  readonly options: RuntimeOptions;
  readonly registry: RunnerRegistry;
  readonly closed: boolean;
}

export interface RunFiles {
  readonly directory: RunDirectory;
  readonly stdout: OutputFile;
  readonly stderr: OutputFile;
}

export interface PreparedRun extends RunFiles {
  readonly invocation: Invocation;
  readonly runner: RuntimeRunner;
  /** What the runner's schema made of the metadata, or a promise of it. */
  readonly config: unknown;
  /** Seconds, or null without a deadline: what a message tells. */
  readonly timeoutSeconds: number | null;
  /** When the deadline is, in milliseconds on the run's clock; Infinity without one. */
  readonly deadlineMs: number;
}

/** Everything that comes before a runner is called. Throws Rejection. */
export function prepareRun(
  decoded: DecodedInvocation,
  options: RunOptions,
  host: Host,
  parts: RunParts,
): PreparedRun {
  checkRunOptions(options);
  addSecrets(parts.redactor, decoded.invocation, options, host.options);
  if (host.closed)
    throw new Rejection("runtime_closed", "this runtime is closed; make a new one to run more");
  const kind = decoded.invocation.runtime_kind;
  const runner = findRunner(kind, options.runner, host.registry);
  checkSupport(decoded.invocation, runner);
  const timeout = timeoutOf(decoded.invocation, runner, host.options);
  const invocation = resolveInvocation(decoded.invocation, timeout.seconds, options.secretEnvironment);
  applyPolicy(invocation, host.options.policy);
  const config = parseConfig(invocation, runner);
  checkFiles(invocation, options);
  const files = openRunFiles(decoded, invocation, host, parts);
  if (timeout.clipped) {
    const message = `the timeout was cut to the ${timeout.seconds} seconds that this host allows`;
    parts.log.append({ type: "warning", code: "timeout_clipped", message });
  }
  const deadlineMs = (timeout.seconds ?? Infinity) * 1000;
  return { invocation, runner, config, timeoutSeconds: timeout.seconds, deadlineMs, ...files };
}

function openRunFiles(
  decoded: DecodedInvocation,
  invocation: Invocation,
  host: Host,
  { clock, log, redactor }: RunParts,
): RunFiles {
  const seconds = invocation.timeout_seconds;
  const base = runsBase(invocation, host.options);
  const opened: { directory?: RunDirectory; outputs: OutputFile[] } = { outputs: [] };
  try {
    const directory = (opened.directory = makeRunDirectory(base, invocation.invocation_id));
    const openOutput = (stream: "stdout" | "stderr"): OutputFile => {
      const file = new OutputFile(outputPath(directory.path, stream), (error) => {
        const message = `${stream} is not whole: ${messageOf(error)}`;
        log.append({ type: "warning", code: "output_lost", message });
      });
      opened.outputs.push(file);
      return file;
    };
    const files: RunFiles = { directory, stdout: openOutput("stdout"), stderr: openOutput("stderr") };
    const first = redactor.record(recorded(decoded.document, invocation), identifying);
    log.open(directory.path, JSON.stringify(first), {
      type: "accepted",
      run_directory: directory.path,
      runtime_kind: invocation.runtime_kind,
      runtime_name: invocation.runtime_name,
      schema_version: decoded.version,
      deadline: seconds === null ? null : clock.timeAt(seconds * 1000),
      supervisor: ownIdentity(),
    });
    return files;
  } catch (error) {
    log.discard();
    for (const file of opened.outputs) file.close(false);
    if (opened.directory !== undefined) rmSync(opened.directory.path, { recursive: true, force: true });
    const message = `the run directory in ${base.path} cannot be made: ${messageOf(error)}; free the space or name another artifact_directory`;
    const { code, retryable } = classify(error, "storage");
    throw new Rejection(
      code,
      message,
      isShortage(error) ? { status: "failed", retryable: retryable ?? true } : {},
    );
  }
}

/** What a record is read back by; the result repeats it too. */
const identifying = [
  "schema_version",
  "contract_kind",
  "invocation_id",
  "runtime_name",
  "runtime_kind",
] as const;

/** The document with its paths absolute: whoever reads it back may have another working directory. */
function recorded(document: AnyInvocation, invocation: Invocation): AnyInvocation {
  const { working_directory, input_payload_path, output_result_path, artifact_directory } = invocation;
  return { ...document, working_directory, input_payload_path, output_result_path, artifact_directory };
}
