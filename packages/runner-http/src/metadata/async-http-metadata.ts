import {
  jsonText,
  present,
  requestMetadata,
  streamMetadata,
  type EventStream,
  type HttpRequest,
} from "./http-metadata.ts";

/** A shape of remote runs that is in wide use. */
export type Preset = "openai-responses" | "mcp-tasks" | "a2a-tasks" | "azure-operation" | "rfc7240";

/** What `asyncHttpMetadata` takes. `{run_id}` may stand in every URL but the kickoff's, and inside the strings of bodies. */
export interface AsyncHttpInvocation extends HttpRequest {
  preset?: Preset | undefined;
  /** Default `poll`; `stream` where `streamUrl` is given. */
  completion?: "poll" | "stream" | "status_code" | undefined;
  pollUrl?: string | undefined;
  /** The header of the kickoff's response that names the poll URL. */
  pollUrlHeader?: string | undefined;
  pollMethod?: string | undefined;
  pollBody?: unknown;
  /** A dotted path into the kickoff's response: `data.runs.0.id`. */
  runIdPath?: string | undefined;
  statusPath?: string | undefined;
  kickoffStatusPath?: string | undefined;
  terminalStates?: readonly string[] | undefined;
  successStates?: readonly string[] | undefined;
  stateMap?:
    | Readonly<Record<string, "succeeded" | "failed" | "cancelled" | "timed_out" | "pending">>
    | undefined;
  /** HTTP status codes. */
  pendingCodes?: readonly number[] | undefined;
  /** Default 2. */
  pollIntervalSeconds?: number | undefined;
  /** Failed polls in a row. Default 5. */
  pollMaxErrors?: number | undefined;
  cancelUrl?: string | undefined;
  cancelMethod?: string | undefined;
  cancelBody?: unknown;
  cleanupUrl?: string | undefined;
  cleanupMethod?: string | undefined;
  resultUrl?: string | undefined;
  resultMethod?: string | undefined;
  resultBody?: unknown;
  resultPath?: string | undefined;
  errorPath?: string | undefined;
  streamUrl?: string | undefined;
  events?: EventStream | undefined;
}

/** The metadata of an invocation of kind `http_async`. Throws TypeError for a body that is not JSON. */
export function asyncHttpMetadata(run: AsyncHttpInvocation): Record<string, string> {
  const states =
    run.stateMap && Object.entries(run.stateMap).map(([state, meaning]) => `${state}=${meaning}`);
  return {
    ...requestMetadata(run),
    ...streamMetadata(run.events ?? {}),
    ...present({
      preset: run.preset,
      completion: run.completion ?? (run.streamUrl === undefined ? undefined : "stream"),
      poll_url_template: run.pollUrl,
      poll_url_header: run.pollUrlHeader,
      poll_method: run.pollMethod,
      poll_body: optionalJson(run.pollBody),
      poll_run_id_path: run.runIdPath,
      poll_status_path: run.statusPath,
      kickoff_status_path: run.kickoffStatusPath,
      poll_terminal_states: run.terminalStates,
      poll_success_states: run.successStates,
      poll_state_map: states,
      poll_pending_codes: run.pendingCodes,
      poll_interval_seconds: run.pollIntervalSeconds,
      poll_max_errors: run.pollMaxErrors,
      cancel_url_template: run.cancelUrl,
      cancel_method: run.cancelMethod,
      cancel_body: optionalJson(run.cancelBody),
      cleanup_url_template: run.cleanupUrl,
      cleanup_method: run.cleanupMethod,
      result_url_template: run.resultUrl,
      result_method: run.resultMethod,
      result_body: optionalJson(run.resultBody),
      result_path: run.resultPath,
      error_path: run.errorPath,
      stream_url_template: run.streamUrl,
    }),
  };
}

function optionalJson(value: unknown): string | undefined {
  return value === undefined ? undefined : jsonText(value);
}
