import { showValue } from "@xrt/contracts";
import { Fault } from "./fault.ts";
import { valueAt } from "./json-path.ts";

const longest = 512;

/** The run id in a kickoff's response: a string, or a whole number as it was written. Throws Fault. */
export function readRunId(text: string, value: unknown, path: string): string {
  const found = valueAt(value, path);
  if (found === undefined || found === null) {
    throw new Fault(
      "remote_failed",
      `kickoff response has no field at path ${JSON.stringify(path)}; change http.poll_run_id_path`,
    );
  }
  // Beyond 2^53 a number has lost its last digits: they are read from the text.
  const id = typeof found === "number" && !Number.isSafeInteger(found) ? exactNumber(text, path) : found;
  const problem = problemOf(id);
  if (problem === undefined) return String(id);
  throw new Fault("remote_failed", `the run id at path ${JSON.stringify(path)} cannot be used: ${problem}`);
}

function problemOf(id: unknown): string | undefined {
  if (typeof id === "number") return Number.isSafeInteger(id) ? undefined : `${id} is not a whole number`;
  if (typeof id !== "string") return `expected a string or a number, got ${showValue(id)}`;
  if (id === "") return "it is empty";
  if (id.length > longest) return `it has ${id.length} characters, and ${longest} are the most`;
  // As a path segment they would lead to another resource, percent-encoded or not.
  if (id === "." || id === "..") return `${showValue(id)} is not a name`;
  return id.isWellFormed() ? undefined : "it has half of a surrogate pair";
}

/** The value at a path, with every whole number as the digits that stand in the text. */
function exactNumber(text: string, path: string): unknown {
  return valueAt(JSON.parse(text, digitsOf), path);
}

/** The third argument is ES2026's source text access, which Node has and the types do not know yet. */
function digitsOf(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" && /^-?\d+$/.test(context?.source ?? "") ? context?.source : value;
}
