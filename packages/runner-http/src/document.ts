import { EventReader } from "./sse-events.ts";
import { parseJson } from "./read-json.ts";
import type { HttpResponse } from "./send-request.ts";

/** A JSON document in a response; a stream of events (as JSON-RPC over HTTP may answer) has it in its last event. */
export function readDocument(
  { headers }: HttpResponse,
  bytes: Uint8Array,
): { readonly text: string; readonly value: unknown } | undefined {
  const type = String(headers["content-type"] ?? "").toLowerCase();
  const text = type.startsWith("text/event-stream") ? lastEvent(bytes) : new TextDecoder().decode(bytes);
  const parsed = text === undefined ? undefined : parseJson(text);
  return text === undefined || parsed === undefined ? undefined : { text, value: parsed.value };
}

function lastEvent(bytes: Uint8Array): string | undefined {
  return new EventReader().read(bytes).findLast(({ data }) => parseJson(data) !== undefined)?.data;
}
