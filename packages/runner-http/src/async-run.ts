import type { Invocation, RunContext } from "@xrt/contracts";
import { Fault } from "./fault.ts";
import type { AsyncHttpConfig, CallConfig } from "./metadata/async-http-schema.ts";
import { preview } from "./preview.ts";
import type { Report } from "./report.ts";
import { textBody } from "./request-body.ts";
import { sendRequest, type HttpResponse, type Sender } from "./send-request.ts";
import type { Meaning } from "./states.ts";

/** One run of kind `http_async`, and all that its steps share. */
export interface AsyncRun {
  readonly config: AsyncHttpConfig;
  readonly invocation: Invocation;
  readonly context: RunContext<AsyncHttpConfig>;
  readonly report: Report;
  readonly sender: Sender;
  /** The caller's, secrets included. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The run at the service. */
export interface RemoteRun {
  readonly runId: string | null;
  /** Null: nothing is polled. */
  readonly pollUrl: URL | null;
}

/** How a remote run ended. */
export interface Terminal {
  readonly meaning: Exclude<Meaning, "pending">;
  /** As the service names it. */
  readonly state: string;
  /** The document that told it; null when it is in the stdout file already. */
  readonly document: Uint8Array | null;
  readonly value: unknown;
}

/** A request of a run beyond its first: a poll, a cancel, a result. */
export interface Call {
  readonly url: URL;
  readonly method: string;
  /** JSON. */
  readonly body: string | null;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whether all that the call goes by is known: without its run id a URL would lead to another resource. */
export function canBeCalled({ url, body }: CallConfig, { runId }: RemoteRun): boolean {
  return runId !== null || !(url.needsRunId || body?.includes("{run_id}") === true);
}

/** Sends a call over the pooled connections. Throws Fault, or the signal's reason. */
export async function sendCall(run: AsyncRun, call: Call, signal: AbortSignal): Promise<HttpResponse> {
  const sent = sendRequest(
    {
      url: call.url,
      method: call.method,
      headers: { ...run.headers, ...call.headers },
      accept: call.accept ?? "application/json, */*;q=0.5",
      body: call.body === null ? null : textBody(call.body, "application/json"),
      freshness: "reuse",
      redirect: run.config.redirect,
    },
    run.sender,
    signal,
  );
  try {
    return await sent;
  } catch (error) {
    throw error instanceof Fault ? error.asFailed() : error;
  }
}

/** The start of a document, for an error's sentence. */
export function startOf(run: AsyncRun, bytes: Uint8Array): string {
  return preview(bytes.subarray(0, 65_536), bytes.byteLength > 65_536, run.context);
}
