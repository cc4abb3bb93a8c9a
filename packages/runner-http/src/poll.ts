import { sendCall, startOf, type AsyncRun, type Call, type RemoteRun, type Terminal } from "./async-run.ts";
import { backoffMs } from "./backoff.ts";
import { readDocument } from "./document.ts";
import { Fault } from "./fault.ts";
import { textAt } from "./json-path.ts";
import { readBytes } from "./read-json.ts";
import { isSuccess, isTransientStatus, keepBody, statusSentence } from "./read-response.ts";
import { retryAfterMs } from "./retry-after.ts";
import { Scope } from "./scope.ts";
import type { HttpResponse } from "./send-request.ts";
import { sleep } from "./sleep.ts";
import { expandBody } from "./url-template.ts";

/** Milliseconds that one poll may take: a hung one must not use up the whole run. */
const pollLimitMs = 30_000;
/** Milliseconds before the poll after a failed one, at the least of intervals. */
const leastBackoffMs = 50;

export interface PollReply {
  /** Null while the run goes on. */
  readonly terminal: Terminal | null;
  readonly retryAfterMs: number | undefined;
}

/** Polls until the remote run is over. Throws Fault, or the signal's reason. */
export async function pollToEnd(run: AsyncRun, remote: RemoteRun, signal: AbortSignal): Promise<Terminal> {
  const { config, report } = run;
  const interval = config.pollIntervalMs;
  for (let failures = 0; ;) {
    let wait: number;
    report.phase = "poll";
    try {
      const reply = await pollOnce(run, remote, signal, pollLimitMs);
      if (reply.terminal !== null) return reply.terminal;
      failures = 0;
      wait = config.pollIntervalGiven ? interval : (reply.retryAfterMs ?? interval);
    } catch (error) {
      if (!(error instanceof Fault) || error.details.transient !== true) throw error;
      failures += 1;
      if (failures >= config.maxErrors) throw givenUp(error, failures);
      wait = error.details.retryAfterMs ?? backoffMs(failures, Math.max(interval, leastBackoffMs));
    }
    report.phase = "sleep";
    await sleep(wait, signal);
  }
}

function givenUp(error: Fault, failures: number): Fault {
  return new Fault(
    error.code,
    `${error.message} (${failures} polls failed in a row, the limit of http.poll_max_errors)`,
    error.details,
  );
}

/** Asks once. Throws Fault, transient where asking again may help; or the signal's reason. */
export async function pollOnce(
  run: AsyncRun,
  remote: RemoteRun,
  signal: AbortSignal,
  limitMs: number,
): Promise<PollReply> {
  using scope = new Scope({ signal, limitMs });
  run.report.polls += 1;
  try {
    const response = await sendCall(run, pollCall(run, remote), scope.signal);
    run.report.saw(response, "poll");
    return await readReply(run, response, scope.signal);
  } catch (error) {
    if (signal.aborted) throw error;
    if (scope.signal.aborted) {
      throw new Fault("network", `poll http error: no answer within ${limitMs / 1000} seconds`, {
        transient: true,
      });
    }
    throw error instanceof Fault && error.code === "network" ? error.during("poll") : error;
  }
}

function pollCall({ config }: AsyncRun, { pollUrl, runId }: RemoteRun): Call {
  if (pollUrl === null) throw new Fault("remote_failed", "there is no URL to poll");
  return {
    url: pollUrl,
    method: config.pollMethod,
    body: config.pollBody === null ? null : expandBody(config.pollBody, runId),
  };
}

async function readReply(run: AsyncRun, response: HttpResponse, signal: AbortSignal): Promise<PollReply> {
  const { config, report } = run;
  const { statusCode } = response;
  const after = retryAfterMs(response.headers["retry-after"]);
  if (
    config.statusPath === null &&
    isSuccess(statusCode) &&
    statusCode !== 202 &&
    !config.pendingCodes.has(statusCode)
  ) {
    const state = String(statusCode);
    report.remoteStatus = state;
    await keepBody(response, config.maxBodyBytes, run.context, report);
    return {
      terminal: { meaning: "succeeded", state, document: null, value: undefined },
      retryAfterMs: after,
    };
  }
  const bytes = await readBytes(response, config.maxBodyBytes, signal);
  if (config.pendingCodes.has(statusCode)) return { terminal: null, retryAfterMs: after };
  if (!isSuccess(statusCode)) {
    const sentence = `poll expected HTTP 200, got ${statusSentence(statusCode, startOf(run, bytes))}`;
    const details = {
      transient: isTransientStatus(statusCode),
      retryAfterMs: after,
      statusCode,
      body: bytes,
    };
    throw new Fault("http_status", sentence, details);
  }
  if (config.statusPath === null) return { terminal: null, retryAfterMs: after };
  return { terminal: readState(run, config.statusPath, response, bytes), retryAfterMs: after };
}

/** Null while the run goes on. */
function readState(run: AsyncRun, path: string, response: HttpResponse, bytes: Uint8Array): Terminal | null {
  const { config, report, context } = run;
  const document = readDocument(response, bytes);
  const state = textAt(document?.value, path);
  if (state === undefined) {
    if (response.statusCode === 202) return null;
    const start = startOf(run, bytes);
    if (document === undefined) {
      throw new Fault("remote_failed", `poll response is not JSON: ${start}`, {
        transient: true,
        body: bytes,
      });
    }
    throw new Fault(
      "remote_failed",
      `poll response has no field at path ${JSON.stringify(path)}; change http.poll_status_path: ${start}`,
      { body: bytes },
    );
  }
  if (report.remoteStatus !== state) context.emit({ type: "progress", phase: "poll", message: state });
  report.remoteStatus = state;
  const meaning = config.states.meaningOf(state);
  return meaning === "pending" ? null : { meaning, state, document: bytes, value: document?.value };
}
