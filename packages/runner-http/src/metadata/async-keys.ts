import { nearestTo, showValue } from "@xrt/contracts";
import { token } from "../header-syntax.ts";
import { presetNames } from "../presets.ts";
import { meanings, type Meaning } from "../states.ts";
import {
  readChoice,
  readCodes,
  readCount,
  reading,
  readList,
  readMethod,
  readPath,
  readSeconds,
  Refusal,
} from "./reading.ts";

/** How a remote run's end is told: by the state in a polled document, by a stream, or by the status code of a poll. */
export const completions = ["poll", "stream", "status_code"] as const;

/** The keys of kind `http_async` beyond those of its first request. */
export const asyncKeys = {
  preset: reading((text) => readChoice(presetNames, text)),
  completion: reading((text) => readChoice(completions, text)),
  poll_url_template: reading((text) => text),
  poll_url_header: reading(readHeaderName),
  poll_method: reading(readMethod),
  poll_body: reading(readJsonText),
  poll_run_id_path: reading(readPath),
  poll_status_path: reading(readPath),
  kickoff_status_path: reading(readPath),
  poll_terminal_states: reading(readList),
  poll_success_states: reading(readList),
  poll_state_map: reading(readStateMap),
  poll_interval_seconds: reading((text) => readSeconds(0, text)),
  poll_pending_codes: reading(readCodes),
  poll_max_errors: reading((text) => readCount(1, text)),
  cancel_url_template: reading((text) => text),
  cancel_method: reading(readMethod),
  cancel_body: reading(readJsonText),
  cleanup_url_template: reading((text) => text),
  cleanup_method: reading(readMethod),
  result_url_template: reading((text) => text),
  result_method: reading(readMethod),
  result_body: reading(readJsonText),
  result_path: reading(readPath),
  error_path: reading(readPath),
  stream_url_template: reading((text) => text),
};

function readHeaderName(text: string): string | Refusal {
  return token.test(text)
    ? text.toLowerCase()
    : new Refusal(`expected the name of a header, such as "operation-location", got ${showValue(text)}`);
}

function readJsonText(text: string): string | Refusal {
  try {
    JSON.parse(text);
    return text;
  } catch {
    // The engine's message would quote the text.
    return new Refusal('expected a JSON text, such as {"id":"{run_id}"}');
  }
}

/** `paused=failed,cancelled=cancelled`. */
function readStateMap(text: string): ReadonlyMap<string, Meaning> | Refusal {
  const map = new Map<string, Meaning>();
  const entries = text.split(",").filter((entry) => entry.trim() !== "");
  for (const entry of entries) {
    const at = entry.lastIndexOf("=");
    const state = entry.slice(0, Math.max(at, 0)).trim();
    const word = entry.slice(at + 1).trim();
    const meaning = meanings.find((known) => known === word);
    if (at === -1 || state === "" || meaning === undefined) {
      const nearest = at === -1 ? undefined : nearestTo(word.slice(0, 50), meanings);
      const hint = nearest === undefined ? "" : `, did you mean ${state}=${nearest}?`;
      return new Refusal(
        `expected pairs such as "paused=failed", with one of ${meanings.join(", ")} behind the sign, got ${showValue(entry.trim())}${hint}`,
      );
    }
    map.set(state, meaning);
  }
  return map;
}
