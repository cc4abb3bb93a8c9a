import { fstatSync } from "node:fs";
import type { ProcessStatus } from "../contain/process-table.ts";
import type { CompanionEnd, CompanionShell } from "./companion-shell.ts";
import { becomeCommand, newRefusal } from "./shell-order.ts";
import { signalName } from "./signal-names.ts";
import type { CommandEnd, Started, StartRequest } from "./started.ts";
import { takeRefusal, type OutputSince } from "./take-refusal.ts";

/** What a companion can hand to a command: files that it opens through our descriptors, by the names that Linux has for them. */
export type CompanionRequest = StartRequest & {
  readonly stdin: number | "ignore";
  readonly stdout: number;
  readonly stderr: number | "stdout";
};

export function fitsCompanion(request: StartRequest): request is CompanionRequest {
  return (
    (typeof request.stdin === "number" || request.stdin === "ignore") &&
    typeof request.stdout === "number" &&
    (typeof request.stderr === "number" || request.stderr === "stdout")
  );
}

/** Has the companion start the command. `release` gets the companion back when the run is over. */
export function startInCompanion(
  companion: CompanionShell,
  request: CompanionRequest,
  release: (companion: CompanionShell, empty: boolean) => void,
): Started {
  const refusal = newRefusal();
  const output = request.stderr === "stdout" ? request.stdout : request.stderr;
  const leader = Promise.withResolvers<ProcessStatus | undefined>();
  const before = fstatSync(output).size;
  let executing = false;
  let onEnd: ((end: CommandEnd) => void) | undefined;
  let ended: CommandEnd | undefined;

  const words = becomeCommand(request.command, request.mark, refusal, redirections(request));
  companion.order(words, {
    onStarted(status) {
      executing = true;
      leader.resolve(status);
    },
    onEnded(companionEnd) {
      leader.resolve(undefined);
      ended = executing ? describeEnd(companionEnd, refusal, { fd: output, before }) : notSetUp;
      onEnd?.(ended);
    },
  });
  return {
    group: companion.pid,
    groupStart: companion.start,
    helper: companion.pid,
    leader: leader.promise,
    refusal,
    stdin: null,
    stdout: null,
    stderr: null,
    onEnd(listener) {
      onEnd = listener;
      if (ended !== undefined) listener(ended);
    },
    release: (empty) => release(companion, empty),
  };
}

/** `/proc/<pid>/fd/<n>` opens the file itself, also when its name is gone or is another's by now (proc(5)). */
function redirections({ stdin, stdout, stderr }: CompanionRequest): string {
  const ours = `/proc/${process.pid}/fd/`;
  const input = stdin === "ignore" ? "/dev/null" : `${ours}${stdin}`;
  return `<${input} >>${ours}${stdout} ${stderr === "stdout" ? "2>&1" : `2>>${ours}${stderr}`}`;
}

/** The companion ended, or could not even set up what the command was to have; started in another way, it may work. */
const notSetUp: CommandEnd = { code: null, signal: null, refused: { code: undefined, retry: true } };

function describeEnd({ status, said }: CompanionEnd, refusal: string, output: OutputSince): CommandEnd {
  // The group was killed, the companion with it: SIGKILL is the one signal that it does not outlive.
  if (status === null) return { code: null, signal: "SIGKILL" };
  if (said.includes(refusal)) return notSetUp;
  if (status === 126 || status === 127) {
    const code = takeRefusal(output, refusal);
    if (code !== null) return { code: null, signal: null, refused: { code, retry: false } };
  }
  // A shell says nothing of these two: then 130 and 141 are taken for what shells take them for.
  const silent = status === 130 || status === 141;
  const signal = said === "" && !silent ? undefined : signalName(status - 128);
  return signal === undefined ? { code: status, signal: null } : { code: null, signal };
}
