import type { Outcome, RunContext } from "@xrt/contracts";
import { SavedBody } from "./body-to-file.ts";
import { conclude } from "./conclude.ts";
import { decodeBody } from "./decode-body.ts";
import { networkFault } from "./network-error.ts";
import { preview } from "./preview.ts";
import type { Report } from "./report.ts";
import type { HttpResponse } from "./send-request.ts";

/** Streams a response's body into the run's stdout file. Throws Fault, or the signal's reason. */
export async function keepBody(
  response: HttpResponse,
  maxBytes: number,
  context: RunContext<unknown>,
  report: Report,
): Promise<SavedBody> {
  const body = new SavedBody(context.stdout);
  report.body = body;
  const decoded = decodeBody(response.body, response.headers["content-encoding"]);
  try {
    await body.save(decoded, maxBytes);
    return body;
  } catch (error) {
    decoded.destroy();
    throw context.signal.aborted ? error : networkFault(error, response.url);
  }
}

/** Keeps the body, and judges by the status code. */
export async function readResponse(
  response: HttpResponse,
  maxBytes: number,
  context: RunContext<unknown>,
  report: Report,
): Promise<Outcome> {
  report.phase = "body";
  const { head } = await keepBody(response, maxBytes, context, report);
  const { statusCode } = response;
  if (isSuccess(statusCode)) {
    return conclude({ status: "succeeded", exit_code: statusCode, error: null }, report, context);
  }
  const error = {
    code: "http_status" as const,
    message: statusSentence(statusCode, preview(head.bytes, head.cut, context)),
    ...(isTransientStatus(statusCode) ? { retryable: true } : {}),
  };
  return conclude({ status: "failed", exit_code: statusCode, error }, report, context);
}

/** `HTTP 503: start of the body`. */
export function statusSentence(statusCode: number, start: string): string {
  return start === "" ? `HTTP ${statusCode}` : `HTTP ${statusCode}: ${start}`;
}

export function isSuccess(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** Whether the same request may do better a moment later (RFC 9110, RFC 6585, RFC 8470). */
export function isTransientStatus(statusCode: number): boolean {
  return statusCode === 408 || statusCode === 425 || statusCode === 429 || statusCode >= 500;
}
