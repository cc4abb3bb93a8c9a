import type { CoreEvent, Json, RunContext, RunnerEvent } from "@xrt/contracts";
import { showValue } from "@xrt/contracts";
import type { EventLog } from "../events/event-log.ts";
import { contextInput } from "../prepare/input.ts";
import type { PreparedRun } from "../prepare/prepare-run.ts";
import type { RunParts } from "../run-parts.ts";
import type { RunInput } from "../runtime-options.ts";
import type { StopControl } from "../stop/stop-control.ts";

const runnerEvents = new Set<RunnerEvent["type"]>(["started", "progress", "warning"]);

/** What core gives a runner for one run; `config` is added once it is parsed. */
export function runnerContext(
  prepared: PreparedRun,
  { clock, log, redactor }: RunParts,
  stop: StopControl,
  options: { input: RunInput | undefined; durable: boolean },
): RunContext<unknown> {
  const { input, durable } = options;
  const { directory, stdout, stderr, invocation, deadlineMs } = prepared;
  return {
    runId: directory.name,
    directory: directory.path,
    artifactDirectory: directory.artifacts,
    config: undefined,
    signal: stop.signal,
    forceSignal: stop.forceSignal,
    remainingMs: () => Math.max(0, deadlineMs - clock.elapsedMs()),
    stdout,
    stderr,
    input: contextInput(input, invocation.input_payload_path),
    checkpoint: async (state: Json) =>
      keep({ type: "checkpoint", state: redactor.value(state) }, log, durable),
    emit: (event: RunnerEvent) => {
      if (!isRunnerEvent(event)) {
        const known = [...runnerEvents].join(", ");
        throw new TypeError(
          `a runner cannot emit ${showValue((event as { type?: unknown } | undefined)?.type)}; it emits ${known}, or a namespaced type with data`,
        );
      }
      if (log.ended) {
        process.emitWarning(`an event of type ${event.type} came after its run had ended, and was dropped`, {
          code: "XRT_LATE_EVENT",
        });
      } else {
        log.append(redactor.record(event, ["type"]));
      }
    },
    addSecret: (value) => redactor.add(value),
    redact: (text) => redactor.text(text),
  };
}

function isRunnerEvent(event: RunnerEvent | undefined): boolean {
  const type: unknown = event?.type;
  return typeof type === "string" && (type.includes(".") || runnerEvents.has(type as RunnerEvent["type"]));
}

/** On disk, or an error: a checkpoint that is only in memory is none. */
function keep(event: CoreEvent, log: EventLog, durable: boolean): void {
  if (log.ended) throw new Error("a checkpoint came after its run had ended");
  const failure = log.append(event, { sync: durable });
  if (failure !== undefined) throw failure.reason;
}
