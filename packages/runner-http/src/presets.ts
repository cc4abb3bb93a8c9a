/** Keys that a preset sets, without `http.`; what an invocation sets itself comes first. */
type PresetKeys = Readonly<Record<string, string>>;

/** Shapes of remote runs that are in wide use. `{url}` is the kickoff's URL without its query. */
const presets = {
  /** OpenAI's Responses API with `"background": true`, and what imitates it. */
  "openai-responses": {
    poll_url_template: "{url}/{run_id}",
    poll_run_id_path: "id",
    poll_status_path: "status",
    poll_terminal_states: "completed,failed,cancelled,incomplete",
    cancel_url_template: "{url}/{run_id}/cancel",
    error_path: "error.message",
  },
  /** Tasks of the Model Context Protocol (revision 2025-11-25) over JSON-RPC; the session is the caller's to open. */
  "mcp-tasks": {
    "header.accept": "application/json, text/event-stream",
    poll_run_id_path: "result.task.taskId",
    kickoff_status_path: "result.task.status",
    poll_url_template: "{url}",
    poll_method: "POST",
    poll_body: '{"jsonrpc":"2.0","id":"xrt-get","method":"tasks/get","params":{"taskId":"{run_id}"}}',
    poll_status_path: "result.status",
    // Nobody is there who could give the input.
    poll_terminal_states: "completed,failed,cancelled,input_required",
    cancel_url_template: "{url}",
    cancel_body: '{"jsonrpc":"2.0","id":"xrt-cancel","method":"tasks/cancel","params":{"taskId":"{run_id}"}}',
    result_url_template: "{url}",
    result_method: "POST",
    result_body: '{"jsonrpc":"2.0","id":"xrt-result","method":"tasks/result","params":{"taskId":"{run_id}"}}',
    error_path: "result.statusMessage",
  },
  /** Tasks of the Agent2Agent protocol (0.3) over JSON-RPC. */
  "a2a-tasks": {
    poll_run_id_path: "result.id",
    kickoff_status_path: "result.status.state",
    poll_url_template: "{url}",
    poll_method: "POST",
    poll_body: '{"jsonrpc":"2.0","id":"xrt-get","method":"tasks/get","params":{"id":"{run_id}"}}',
    poll_status_path: "result.status.state",
    poll_terminal_states: "completed,failed,canceled,rejected,input-required,auth-required",
    cancel_url_template: "{url}",
    cancel_body: '{"jsonrpc":"2.0","id":"xrt-cancel","method":"tasks/cancel","params":{"id":"{run_id}"}}',
    error_path: "result.status.message.parts.0.text",
  },
  /** Azure's long-running operations: the status document is where `Operation-Location` points. */
  "azure-operation": {
    poll_url_header: "operation-location",
    poll_status_path: "status",
    poll_terminal_states: "Succeeded,Failed,Canceled,succeeded,failed,canceled",
    poll_success_states: "Succeeded,succeeded",
    error_path: "error.message",
  },
  /** A bare 202 with `Location` (RFC 7240, respond-async): 202 again while it runs, any other 2xx is the result. */
  rfc7240: {
    "header.prefer": "respond-async",
    poll_url_header: "location",
    completion: "status_code",
  },
} as const satisfies Readonly<Record<string, PresetKeys>>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as PresetName[];

/** A preset's keys, apart from its headers. */
export function presetKeys(name: PresetName): PresetKeys {
  return Object.fromEntries(Object.entries(presets[name]).filter(([key]) => !key.startsWith(headerPrefix)));
}

/** A preset's headers, by lower-case name. */
export function presetHeaders(name: PresetName): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(presets[name])
      .filter(([key]) => key.startsWith(headerPrefix))
      .map(([key, value]) => [key.slice(headerPrefix.length), value]),
  );
}

const headerPrefix = "header.";
