import { hash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact, RunContext } from "@xrt/contracts";
import type { SavedBody } from "./body-to-file.ts";
import type { HttpResponse } from "./send-request.ts";

/** What a run was doing last. */
export type Phase =
  | "request"
  | "body"
  | "kickoff"
  | "poll"
  | "sleep"
  | "stream"
  | "result"
  | "cancel"
  | "cleanup";

type HeadersContext = Pick<RunContext, "directory" | "redact">;

/** What happened in a run, for its result's metadata and its artifact of headers. */
export class Report {
  phase: Phase;
  /** Requests that were sent for the first step, hops not counted. */
  attempts = 0;
  polls = 0;
  statusCode: number | undefined;
  runId: string | undefined;
  remoteStatus: string | undefined;
  cancelSent = false;
  body: SavedBody | undefined;
  events: number | undefined;
  readonly #heads: Record<string, unknown> = {};
  #redirects = 0;

  constructor(phase: Phase) {
    this.phase = phase;
  }

  /** Notes the head of a response; the last one of a phase is kept. */
  saw(response: HttpResponse, phase: Phase = this.phase): void {
    this.statusCode = response.statusCode;
    this.#redirects += response.hops;
    this.#heads[phase] = {
      url: response.url.href,
      status_code: response.statusCode,
      headers: response.headers,
    };
  }

  metadata(): Record<string, string> {
    return {
      "http.phase": this.phase,
      "http.attempts": String(this.attempts),
      ...optional("http.status_code", this.statusCode),
      ...optional("http.run_id", this.runId),
      ...optional("http.polls", this.polls === 0 && this.runId === undefined ? undefined : this.polls),
      ...optional("http.remote_status", this.remoteStatus),
      ...optional("http.redirects", this.#redirects === 0 ? undefined : this.#redirects),
      ...optional("http.events", this.events),
      ...(this.cancelSent ? { "http.cancel_sent": "true" } : {}),
      ...optional("http.body_bytes", this.body?.bytes),
      ...optional("http.body_sha256", this.body?.sha256),
    };
  }

  /** The body and the headers. Writes the latter into the run directory; throws the system's error. */
  artifacts(context: HeadersContext & Pick<RunContext, "stdout">): Artifact[] {
    const { body } = this;
    const kept: Artifact[] =
      body === undefined
        ? []
        : [
            {
              path: context.stdout.path,
              artifact_id: "http_response",
              kind: "http_response",
              description: "the response body, decoded",
              size_bytes: body.bytes,
              sha256: body.sha256,
            },
          ];
    const headers = this.#keepHeads(context);
    return headers === undefined ? kept : [...kept, headers];
  }

  #keepHeads(context: HeadersContext): Artifact | undefined {
    if (Object.keys(this.#heads).length === 0) return undefined;
    const text = context.redact(`${JSON.stringify(this.#heads, null, 2)}\n`);
    const path = join(context.directory, "http-headers.json");
    writeFileSync(path, text, { mode: 0o600 });
    return {
      path,
      artifact_id: "http_headers",
      kind: "http_headers",
      description: "status and headers of each phase's last response",
      media_type: "application/json",
      size_bytes: Buffer.byteLength(text),
      sha256: hash("sha256", text),
    };
  }
}

function optional(key: string, value: string | number | undefined): Record<string, string> {
  return value === undefined ? {} : { [key]: String(value) };
}
