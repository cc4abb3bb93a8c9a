import { canBeCalled, sendCall, type AsyncRun, type RemoteRun, type Terminal } from "./async-run.ts";
import { messageOf } from "./conclude.ts";
import type { CallConfig } from "./metadata/async-http-schema.ts";
import { pollOnce } from "./poll.ts";
import { isSuccess } from "./read-response.ts";
import { Scope } from "./scope.ts";
import { discard } from "./send-request.ts";
import { expandBody } from "./url-template.ts";

/** Milliseconds for each request that is sent after the run was stopped: shielded from the stop, so that it has its own end. */
const callLimitMs = 1500;

/** Tells the service to stop the run, where it can be told. Never throws: what went wrong is a warning. */
export async function cancelRemote(run: AsyncRun, remote: RemoteRun): Promise<void> {
  const { cancel } = run.config;
  if (cancel === null) return;
  const sent = await sendAside(run, remote, cancel, "cancel");
  if (sent) run.report.cancelSent = true;
}

/** Frees what the service keeps of a run that is over. Never throws: what went wrong is a warning. */
export async function cleanUpRemote(run: AsyncRun, remote: RemoteRun): Promise<void> {
  const { cleanup } = run.config;
  if (cleanup !== null) await sendAside(run, remote, cleanup, "cleanup");
}

/** The end of the run if it was over all the same; null where it was not, or cannot be told. */
export async function askOnceMore(run: AsyncRun, remote: RemoteRun): Promise<Terminal | null> {
  if (remote.pollUrl === null) return null;
  try {
    return (await pollOnce(run, remote, run.context.forceSignal, callLimitMs)).terminal;
  } catch (error) {
    warn(run, "poll", messageOf(error));
    return null;
  }
}

/** Whether the service answered. */
async function sendAside(
  run: AsyncRun,
  remote: RemoteRun,
  call: CallConfig,
  phase: "cancel" | "cleanup",
): Promise<boolean> {
  if (!canBeCalled(call, remote)) {
    warn(run, phase, "the service has not told its run id");
    return false;
  }
  using scope = new Scope({ signal: run.context.forceSignal, limitMs: callLimitMs });
  const { runId } = remote;
  try {
    const body = call.body === null ? null : expandBody(call.body, runId);
    const response = await sendCall(
      run,
      { url: call.url.expand(runId), method: call.method, body },
      scope.signal,
    );
    discard(response.body);
    if (!isSuccess(response.statusCode)) warn(run, phase, `HTTP ${response.statusCode}`);
    return true;
  } catch (error) {
    warn(run, phase, messageOf(error));
    return false;
  }
}

function warn({ context }: AsyncRun, phase: string, reason: string): void {
  context.emit({
    type: "warning",
    code: `http.${phase}`,
    message: `the remote run's ${phase} request failed: ${reason}`,
  });
}
