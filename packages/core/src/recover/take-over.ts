import { closeSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { outcome, type Invocation, type Outcome, type RunContext, type RuntimeRunner } from "@xrt/contracts";
import type { Takeover } from "../live-run.ts";
import { applyPolicy, parseConfig, resolveInvocation } from "../prepare/admit.ts";
import type { Host, PreparedRun } from "../prepare/prepare-run.ts";
import { Rejection } from "../prepare/rejection.ts";
import type { RunParts } from "../run-parts.ts";
import { messageOf, systemCode } from "../system-error.ts";
import type { RunRecording } from "./read-record.ts";
import { reopenOutput } from "./reopen-output.ts";

/** Milliseconds that a runner without a grace of its own has to clear away, however long the deadline is over. */
const defaultGraceMs = 5000;

/** Goes on with a run whose supervisor died, in its own directory: its runner's `recover` says how it ended. */
export function takeOver(directory: string, record: RunRecording, host: Host): Takeover {
  const startedAt = Date.parse(record.startedAt);
  return { startedAt, prepare: (parts) => prepare(directory, record, host, parts) };
}

function prepare(directory: string, record: RunRecording, host: Host, parts: RunParts): PreparedRun {
  const runner = recovering(record, host);
  const deadline = deadlineOf(record, runner, host, parts);
  const { log } = parts;
  const opened: { fd: number }[] = [];
  try {
    log.resume(directory, record.sequence);
    const message = `${supervisorOf(record)} is gone: process ${process.pid} recovers the run`;
    log.append({ type: "warning", code: "supervisor_died", message });
    const reopen = (stream: "stdout" | "stderr") => {
      const file = reopenOutput(directory, stream, (lost) => {
        log.append({ type: "warning", code: "output_lost", message: lost });
      });
      opened.push(file);
      return file;
    };
    return {
      invocation: resolveInvocation(record.decoded.invocation, deadline.timeoutSeconds, undefined),
      runner,
      config: undefined,
      ...deadline,
      directory: { name: basename(directory), path: directory, artifacts: artifactsOf(directory) },
      stdout: reopen("stdout"),
      stderr: reopen("stderr"),
    };
  } catch (error) {
    log.discard();
    for (const { fd } of opened) closeSync(fd);
    throw error;
  }
}

/** The runner may put files there. What the run made of it is looked at when its artifacts are collected. */
function artifactsOf(directory: string): string {
  const artifacts = join(directory, "artifacts");
  try {
    mkdirSync(artifacts, 0o700);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  return artifacts;
}

/** What is left of the deadline that was recorded, within what this host allows, and at least the runner's grace. */
function deadlineOf(
  { deadline, startedAt, decoded }: RunRecording,
  { graceMs = defaultGraceMs }: RuntimeRunner,
  { options }: Host,
  { clock }: RunParts,
): Pick<PreparedRun, "timeoutSeconds" | "deadlineMs"> {
  const recorded = deadline === null ? Infinity : Date.parse(deadline);
  const most = (options.maxTimeoutSeconds ?? Infinity) * 1000;
  const leftMs = Math.min(Math.max(recorded - Date.now(), graceMs), Math.max(most, graceMs));
  if (leftMs === Infinity) return { timeoutSeconds: null, deadlineMs: Infinity };
  const told = (recorded - Date.parse(startedAt)) / 1000;
  const { timeout_seconds: asked } = decoded.invocation;
  // Both times were told to the millisecond, and one a little later than the other.
  const seconds = asked !== null && Math.abs(told - asked) < 1 ? asked : Math.max(0, Math.round(told));
  return {
    timeoutSeconds: Number.isFinite(seconds) ? seconds : (options.maxTimeoutSeconds ?? null),
    deadlineMs: clock.elapsedMs() + leftMs,
  };
}

/** A runner whose `run` is the `recover` of the run's own. */
function recovering(record: RunRecording, host: Host): RuntimeRunner {
  const runner = host.registry.get(record.decoded.invocation.runtime_kind);
  const graceMs = Math.min(runner?.graceMs ?? defaultGraceMs, host.options.maxGraceMs ?? Infinity);
  return {
    interfaceVersion: "1.0",
    graceMs,
    run: async (invocation, context) => {
      try {
        return await recover(record, runner, invocation, context, host);
      } catch (error) {
        // It was accepted, and may have been started: it is not rejected any more.
        if (error instanceof Rejection) return outcome.failed(error.runError.code, refusal(record, error));
        throw error;
      }
    },
  };
}

async function recover(
  record: RunRecording,
  runner: RuntimeRunner | undefined,
  invocation: Invocation,
  context: RunContext<unknown>,
  host: Host,
): Promise<Outcome> {
  const who = supervisorOf(record);
  const kind = JSON.stringify(invocation.runtime_kind);
  const died = `${who} died before the run ended`;
  if (runner === undefined || runner.recover === undefined) {
    const why =
      runner === undefined
        ? `no runner is registered for ${kind}`
        : `the runner for ${kind} cannot recover a run`;
    return outcome.failed("supervisor_died", `${died}, and ${why}; its output is kept`);
  }
  // What is recorded was allowed once, or forged since.
  applyPolicy(invocation, host.options.policy);
  const config = await parseConfig(invocation, runner);
  context.signal.throwIfAborted();
  const recovered = await runner.recover(invocation, record.state, Object.freeze({ ...context, config }));
  return recovered?.status === "rejected" ? { ...recovered, status: "failed" } : recovered;
}

function refusal(record: RunRecording, rejection: Rejection): string {
  return `${supervisorOf(record)} died before the run ended, and it cannot be recovered: ${messageOf(rejection)}; its output is kept`;
}

function supervisorOf({ supervisor }: RunRecording): string {
  return supervisor === null ? "the supervisor" : `the supervisor (pid ${supervisor.pid})`;
}
