import type { StandardSchema } from "@xrt/contracts";
import type { HostSettings } from "../options.ts";
import { presetHeaders, presetKeys, presetNames } from "../presets.ts";
import { States } from "../states.ts";
import { UrlTemplate } from "../url-template.ts";
import { asyncKeys, type completions } from "./async-keys.ts";
import { keyTable, type Findings } from "./key-table.ts";
import { Refusal } from "./reading.ts";
import { requestConfig, requestKeys, type RequestConfig } from "./request-keys.ts";
import { canEnd, streamConfig, streamKeys, type StreamConfig } from "./stream-keys.ts";

/** A request that goes by the run id. */
export interface CallConfig {
  readonly url: UrlTemplate;
  readonly method: string;
  /** A JSON text with `{run_id}` in it. */
  readonly body: string | null;
}

/** What one run of kind `http_async` goes by. */
export interface AsyncHttpConfig extends RequestConfig {
  readonly completion: (typeof completions)[number];
  readonly runIdPath: string | null;
  /** Whether any URL needs the run id. */
  readonly needsRunId: boolean;
  /** Null: the poll URL comes in `pollUrlHeader` of the kickoff's response. */
  readonly pollUrl: UrlTemplate | null;
  readonly pollUrlHeader: string | null;
  readonly pollMethod: string;
  readonly pollBody: string | null;
  /** Null where the status code tells the state. */
  readonly statusPath: string | null;
  readonly kickoffStatusPath: string | null;
  readonly states: States;
  readonly pollIntervalMs: number;
  /** Given: kept constant whatever the server suggests. */
  readonly pollIntervalGiven: boolean;
  readonly pendingCodes: ReadonlySet<number>;
  readonly maxErrors: number;
  readonly cancel: CallConfig | null;
  readonly cleanup: CallConfig | null;
  readonly result: CallConfig | null;
  readonly resultPath: string | null;
  readonly errorPath: string | null;
  readonly streamUrl: UrlTemplate | null;
  readonly stream: StreamConfig;
}

const defaultIntervalMs = 2000;
const defaultMaxErrors = 5;

/** The schema of the keys of kind `http_async`. */
export function asyncHttpSchema(host: HostSettings): StandardSchema<unknown, AsyncHttpConfig> {
  const shape = { ...requestKeys(host), ...asyncKeys, ...streamKeys };
  const table = keyTable(shape, host.allowInlineAuthorization, (findings) => asyncConfig(findings, host));
  return {
    "~standard": {
      version: 1,
      vendor: "xrt",
      validate: (raw) => table["~standard"].validate(withPreset(raw)),
    },
  };
}

/** The preset's keys below the invocation's own. */
function withPreset(raw: unknown): unknown {
  if (typeof raw !== "object" || raw === null) return raw;
  const name = presetNames.find((known) => known === (raw as { preset?: unknown }).preset);
  return name === undefined ? raw : { ...presetKeys(name), ...raw };
}

type AsyncFindings = Findings<ReturnType<typeof requestKeys> & typeof asyncKeys & typeof streamKeys>;

function asyncConfig(findings: AsyncFindings, host: HostSettings): AsyncHttpConfig {
  const { given, headers } = findings;
  const request = requestConfig(findings, host);
  const completion = given.completion ?? "poll";
  const byCode = completion === "status_code";
  const states = readStates(findings, byCode);
  const template = (key: TemplateKey): UrlTemplate | null => readTemplate(findings, key, request.url);
  const call = (key: "cancel" | "cleanup" | "result", method: string): CallConfig | null => {
    const url = template(`${key}_url_template`);
    const body = key === "cleanup" ? null : (given[`${key}_body`] ?? null);
    return url && { url, method: given[`${key}_method`] ?? method, body };
  };
  const config: AsyncHttpConfig = {
    ...request,
    headers: { ...(given.preset && presetHeaders(given.preset)), ...headers.plain },
    completion,
    runIdPath: given.poll_run_id_path ?? null,
    needsRunId: false,
    pollUrl: template("poll_url_template"),
    pollUrlHeader: given.poll_url_header ?? null,
    pollMethod: given.poll_method ?? "GET",
    pollBody: given.poll_body ?? null,
    statusPath: byCode ? null : (given.poll_status_path ?? null),
    kickoffStatusPath: byCode ? null : (given.kickoff_status_path ?? given.poll_status_path ?? null),
    states,
    pollIntervalMs: given.poll_interval_seconds ?? defaultIntervalMs,
    pollIntervalGiven: given.poll_interval_seconds !== undefined,
    pendingCodes: new Set(given.poll_pending_codes),
    maxErrors: given.poll_max_errors ?? defaultMaxErrors,
    cancel: call("cancel", "POST"),
    cleanup: call("cleanup", "DELETE"),
    result: call("result", "GET"),
    resultPath: given.result_path ?? null,
    errorPath: given.error_path ?? null,
    streamUrl: template("stream_url_template"),
    stream: streamConfig({ given }, { statusPath: given.poll_status_path ?? null, states }),
  };
  checkWays(findings, config);
  return { ...config, needsRunId: checkRunId(findings, config) };
}

type TemplateKey = `${"poll" | "cancel" | "cleanup" | "result" | "stream"}_url_template`;

function readTemplate({ given, refuse }: AsyncFindings, key: TemplateKey, base: URL): UrlTemplate | null {
  const text = given[key];
  if (text === undefined) return null;
  const template = UrlTemplate.read(text, base);
  if (!(template instanceof Refusal)) return template;
  refuse(key, template.sentence);
  return null;
}

function readStates({ given, has, refuse }: AsyncFindings, byCode: boolean): States {
  const terminal = [...(given.poll_terminal_states ?? []), ...(given.poll_success_states ?? [])];
  const states = new States(
    terminal,
    given.poll_success_states ?? ["completed"],
    given.poll_state_map ?? new Map(),
  );
  const keys = ["poll_terminal_states", "poll_success_states", "poll_state_map"] as const;
  const allRead = keys.every((key) => !has(key) || given[key] !== undefined);
  if (!byCode && allRead && given.poll_terminal_states !== undefined && !states.canSucceed) {
    refuse(
      "poll_success_states",
      `none of the terminal states ${terminal.join(", ")} would be a success; name those that are`,
    );
  }
  return states;
}

/** What tells how the run ends must be there. */
function checkWays({ given, has, refuse }: AsyncFindings, { completion, stream }: AsyncHttpConfig): void {
  const missing = (key: string, what: string): void =>
    refuse(key, `missing metadata['http.${key}']: expected ${what}`);
  const polls = has("poll_url_template") || has("poll_url_header");
  if (completion === "stream") {
    if (!polls && !canEnd(stream)) {
      refuse(
        "completion",
        "a stream needs something that ends it: set http.sse_terminal_events, http.sse_terminal_data, or http.poll_status_path with http.poll_terminal_states",
      );
    }
    if (!polls) return;
  }
  if (!polls) missing("poll_url_template", "the URL to poll, with {run_id} in it");
  if (completion === "status_code") return;
  if (!has("poll_status_path")) missing("poll_status_path", "where in a poll's response the state stands");
  if (!has("poll_terminal_states") && given.poll_state_map === undefined) {
    missing("poll_terminal_states", "the states in which a run is over");
  }
}

/** Whether a URL or a body needs the run id; then it must be told where it stands. */
function checkRunId({ has, refuse }: AsyncFindings, config: AsyncHttpConfig): boolean {
  const { pollUrl, cancel, cleanup, result, streamUrl, pollBody } = config;
  const templates = [pollUrl, cancel?.url, cleanup?.url, result?.url, streamUrl];
  const bodies = [pollBody, cancel?.body, result?.body];
  const needed =
    templates.some((template) => template?.needsRunId === true) ||
    bodies.some((body) => body?.includes("{run_id}") === true);
  if (needed && !has("poll_run_id_path")) {
    refuse(
      "poll_run_id_path",
      "missing metadata['http.poll_run_id_path']: {run_id} is asked for, expected where in the kickoff's response it stands",
    );
  }
  return needed;
}
