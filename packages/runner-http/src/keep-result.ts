import { canBeCalled, sendCall, startOf, type AsyncRun, type RemoteRun, type Terminal } from "./async-run.ts";
import { backoffMs } from "./backoff.ts";
import { SavedBody } from "./body-to-file.ts";
import { readDocument } from "./document.ts";
import { Fault } from "./fault.ts";
import { valueAt } from "./json-path.ts";
import { preview } from "./preview.ts";
import { readBytes } from "./read-json.ts";
import { isSuccess, isTransientStatus, keepBody, statusSentence } from "./read-response.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { HttpResponse } from "./send-request.ts";
import { sleep } from "./sleep.ts";
import { expandBody } from "./url-template.ts";

/** Milliseconds before a result is asked for again, at first. */
const retryBaseMs = 500;

/** Puts what the run came to into the stdout file: the fetched result, the part at `http.result_path`, or the last document. */
export async function keepResult(
  run: AsyncRun,
  remote: RemoteRun,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { config } = run;
  // A run that ended in its kickoff may have no id: its document is the result then.
  if (terminal.meaning === "succeeded" && config.result !== null && canBeCalled(config.result, remote)) {
    await fetchResult(run, remote, signal);
  } else if (terminal.meaning === "succeeded" && config.resultPath !== null) {
    await keepPart(run, config.resultPath, terminal.value, terminal.document ?? Buffer.alloc(0));
  } else if (terminal.document !== null) {
    await keepBytes(run, terminal.document);
  }
}

export async function keepBytes({ context, report }: AsyncRun, bytes: Uint8Array): Promise<void> {
  report.body ??= new SavedBody(context.stdout);
  void report.body.take(bytes);
  await report.body.flush();
}

async function fetchResult(run: AsyncRun, remote: RemoteRun, signal: AbortSignal): Promise<void> {
  const { report, config } = run;
  report.phase = "result";
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fetchOnce(run, remote, signal);
      return;
    } catch (error) {
      const again =
        error instanceof Fault &&
        error.details.transient === true &&
        attempt < config.maxErrors &&
        // Part of a body is in the file already, and another one cannot follow it.
        report.body === undefined;
      if (!again) throw error;
      await sleep(error.details.retryAfterMs ?? backoffMs(attempt, retryBaseMs), signal);
    }
  }
}

async function fetchOnce(run: AsyncRun, { runId }: RemoteRun, signal: AbortSignal): Promise<void> {
  const { config, context, report } = run;
  const call = config.result;
  if (call === null) return;
  try {
    const body = call.body === null ? null : expandBody(call.body, runId);
    const response = await sendCall(run, { url: call.url.expand(runId), method: call.method, body }, signal);
    report.saw(response);
    if (!isSuccess(response.statusCode)) throw await refused(run, response, signal);
    if (config.resultPath === null) {
      await keepBody(response, config.maxBodyBytes, context, report);
      return;
    }
    const bytes = await readBytes(response, config.maxBodyBytes, signal);
    await keepPart(run, config.resultPath, readDocument(response, bytes)?.value, bytes);
  } catch (error) {
    throw error instanceof Fault && error.code === "network" ? error.during("result") : error;
  }
}

async function refused(run: AsyncRun, response: HttpResponse, signal: AbortSignal): Promise<Fault> {
  const bytes = await readBytes(response, run.config.maxBodyBytes, signal);
  const start = preview(bytes, false, run.context);
  return new Fault(
    "http_status",
    `the remote run succeeded, but its result could not be fetched: ${statusSentence(response.statusCode, start)}`,
    {
      transient: isTransientStatus(response.statusCode),
      retryAfterMs: retryAfterMs(response.headers["retry-after"]),
      statusCode: response.statusCode,
    },
  );
}

/** A string as it is, anything else as JSON. */
async function keepPart(run: AsyncRun, path: string, value: unknown, document: Uint8Array): Promise<void> {
  const part = valueAt(value, path);
  if (part === undefined) {
    throw new Fault(
      "remote_failed",
      `the result has no field at path ${JSON.stringify(path)}; change http.result_path: ${startOf(run, document)}`,
    );
  }
  await keepBytes(run, Buffer.from(typeof part === "string" ? part : JSON.stringify(part)));
}
