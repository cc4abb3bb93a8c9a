import type { RemoteRun, Terminal, AsyncRun } from "./async-run.ts";
import { startOf } from "./async-run.ts";
import { backoffMs } from "./backoff.ts";
import { readDocument } from "./document.ts";
import { Fault } from "./fault.ts";
import { idempotencyHeader, requestPayload } from "./first-request.ts";
import { textAt, valueAt } from "./json-path.ts";
import { preview } from "./preview.ts";
import { readBytes } from "./read-json.ts";
import { isSuccess, isTransientStatus, keepBody, statusSentence } from "./read-response.ts";
import { retryAfterMs } from "./retry-after.ts";
import { readRunId } from "./run-id.ts";
import { sendRequest, type HttpResponse } from "./send-request.ts";
import { sleep } from "./sleep.ts";
import { isEventStream } from "./stream-response.ts";

export interface KickedOff {
  readonly remote: RemoteRun;
  /** Set when the kickoff itself was the result. */
  readonly terminal: Terminal | null;
  /** Set when the kickoff is answered with the run's events; `remote` is not known yet then. */
  readonly stream: HttpResponse | null;
}

/** Milliseconds before a kickoff is sent again, at first; only with an idempotency key. */
const retryBaseMs = 500;

/** Starts the remote run. Throws Fault, or the signal's reason. */
export async function kickoff(run: AsyncRun, signal: AbortSignal): Promise<KickedOff> {
  const { report, config } = run;
  report.phase = "kickoff";
  for (;;) {
    report.attempts += 1;
    try {
      return await kickoffOnce(run, signal);
    } catch (error) {
      const again =
        error instanceof Fault &&
        error.details.transient === true &&
        config.idempotencyKey !== null &&
        report.attempts < config.maxErrors;
      if (!again) throw error;
      await sleep(error.details.retryAfterMs ?? backoffMs(report.attempts, retryBaseMs), signal);
    }
  }
}

async function kickoffOnce(run: AsyncRun, signal: AbortSignal): Promise<KickedOff> {
  const { config, report } = run;
  const streams = config.completion === "stream";
  let response: HttpResponse;
  let bytes: Uint8Array;
  try {
    response = await sendRequest(
      {
        url: config.url,
        method: config.method,
        headers: { ...run.headers, ...idempotencyHeader(config, run.context) },
        accept: `${streams ? "text/event-stream, " : ""}application/json, */*;q=0.5`,
        body: requestPayload(config, run.context),
        freshness: "fresh",
        redirect: config.redirect,
      },
      run.sender,
      signal,
    );
    report.saw(response);
    if (!isSuccess(response.statusCode)) throw await refused(run, response);
    if (streams && isEventStream(response)) return { remote: nobody, terminal: null, stream: response };
    bytes = await readBytes(response, config.maxBodyBytes, signal);
  } catch (error) {
    throw error instanceof Fault && error.code === "network" ? error.during("kickoff") : error;
  }
  const terminal = terminalAtOnce(run, response, bytes);
  if (terminal === null) return { remote: readRemote(run, response, bytes), terminal, stream: null };
  const runId = idOfTheEnded(run, terminal);
  run.report.runId = runId ?? undefined;
  return { remote: { runId, pollUrl: null }, terminal, stream: null };
}

/** A run that is not known yet. */
const nobody: RemoteRun = { runId: null, pollUrl: null };

/** For what follows the end; a result that came at once needs none. */
function idOfTheEnded({ config }: AsyncRun, { value, document }: Terminal): string | null {
  const { runIdPath } = config;
  if (runIdPath === null || document === null || (valueAt(value, runIdPath) ?? null) === null) return null;
  return readRunId(new TextDecoder().decode(document), value, runIdPath);
}

async function refused(run: AsyncRun, response: HttpResponse): Promise<Fault> {
  const { statusCode, headers } = response;
  const transient = isTransientStatus(statusCode);
  let start: string;
  if (transient && run.config.idempotencyKey !== null) {
    // It will be asked again, and stdout is for the answer that stays.
    start = startOf(run, await readBytes(response, run.config.maxBodyBytes, run.context.forceSignal));
  } else {
    const { head } = await keepBody(response, run.config.maxBodyBytes, run.context, run.report);
    start = preview(head.bytes, head.cut, run.context);
  }
  return new Fault(
    "http_status",
    `kickoff expected HTTP 202 or 200, got ${statusSentence(statusCode, start)}`,
    {
      transient,
      retryAfterMs: retryAfterMs(headers["retry-after"]),
      statusCode,
    },
  );
}

/** A 200 whose state is terminal is the result; any other is an acknowledgement. */
function terminalAtOnce({ config }: AsyncRun, response: HttpResponse, document: Uint8Array): Terminal | null {
  if (config.completion === "status_code") {
    const state = String(response.statusCode);
    return response.statusCode === 200 ? { meaning: "succeeded", state, document, value: undefined } : null;
  }
  if (response.statusCode !== 200 || config.kickoffStatusPath === null) return null;
  const value = readDocument(response, document)?.value;
  const state = textAt(value, config.kickoffStatusPath);
  const meaning = state === undefined ? "pending" : config.states.meaningOf(state);
  return state === undefined || meaning === "pending" ? null : { meaning, state, document, value };
}

function readRemote(run: AsyncRun, response: HttpResponse, bytes: Uint8Array): RemoteRun {
  const runId = readId(run, response, bytes);
  run.report.runId = runId ?? undefined;
  return remoteOf(run, response, runId);
}

/** The run, and where it is polled. Throws Fault when the response does not say where, and has to. */
export function remoteOf(run: AsyncRun, response: HttpResponse, runId: string | null): RemoteRun {
  return { runId, pollUrl: run.config.pollUrl?.expand(runId) ?? headerUrl(run, response) };
}

function readId({ config, ...run }: AsyncRun, response: HttpResponse, bytes: Uint8Array): string | null {
  if (config.runIdPath === null) return null;
  const document = readDocument(response, bytes);
  const start = startOf({ config, ...run }, bytes);
  if (document === undefined) {
    if (!config.needsRunId) return null;
    throw new Fault("remote_failed", `kickoff response is not JSON, and has no run id: ${start}`);
  }
  try {
    return readRunId(document.text, document.value, config.runIdPath);
  } catch (error) {
    if (!(error instanceof Fault) || config.needsRunId) {
      throw error instanceof Fault
        ? new Fault(error.code, `${error.message}: ${start}`, error.details)
        : error;
    }
    // Nothing goes by it.
    return null;
  }
}

/** The poll URL that the service named. It stays with the service that was asked. */
function headerUrl({ config }: AsyncRun, { headers, url: from }: HttpResponse): URL | null {
  const name = config.pollUrlHeader;
  if (name === null) return null;
  const value = headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  const url = text === undefined ? null : URL.parse(text, from.href);
  if (url === null) {
    throw new Fault(
      "remote_failed",
      `kickoff response has no URL in its header ${JSON.stringify(name)}, which http.poll_url_header names`,
    );
  }
  if (url.origin !== from.origin || url.username !== "" || url.password !== "") {
    throw new Fault(
      "remote_failed",
      `kickoff response sends the polls to ${url.origin}, away from ${from.origin}`,
    );
  }
  url.hash = "";
  return url;
}
