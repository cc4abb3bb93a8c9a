import { showValue } from "@xrt/contracts";
import { Refusal } from "./reading.ts";

export type BodyFormat = "json" | "form";

export const contentTypes: Readonly<Record<BodyFormat, string>> = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
};

/** `http.body` as it is sent. */
export function encodeBody(text: string, format: BodyFormat): string | Refusal {
  const value = parse(text);
  if (value instanceof Refusal || format === "json") return value instanceof Refusal ? value : text;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return invalid("for a form it must be a JSON object of strings and numbers, or of arrays of them");
  }
  const form = new URLSearchParams();
  for (const [name, entry] of Object.entries(value)) {
    for (const item of Array.isArray(entry) ? (entry as unknown[]) : [entry]) {
      if (typeof item === "object" && item !== null) {
        return invalid(`a form has no place for the object at ${showValue(name)}`);
      }
      form.append(name, item === null ? "" : String(item));
    }
  }
  return form.toString();
}

/** The engine's own message quotes the body, in which a secret may stand: only the place is told. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const at = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    return invalid(`http.body is not valid JSON${at === undefined ? "" : `, from character ${at} on`}`);
  }
}

function invalid(sentence: string): Refusal {
  return new Refusal(`invalid body: ${sentence}`);
}
