import type * as z from "zod/mini";
import type { Issue } from "./errors.ts";
import { firstIssues, mostIssues } from "./first-issues.ts";
import { unknownKeySentence } from "./nearest.ts";
import { showType, showValue, withArticle } from "./show-value.ts";
import { countedMore, problemsIn } from "./cap-issues.ts";

/**
 * zod's issues as sentences that name the value, what was expected and, for a key, the known ones.
 * Of more than 100 only the first are described, and the last issue counts the rest.
 * `shape` has the schemas of the document's own fields.
 */
export function describeSchemaIssues(
  issues: readonly z.core.$ZodIssue[],
  document: unknown,
  shape: Readonly<Record<string, z.ZodMiniType>>,
): Issue[] {
  const described: Issue[] = [];
  let problems = 0;
  for (const issue of issues) {
    problems += problemsIn(issue);
    if (described.length >= mostIssues || countedMore(issue) !== undefined) continue;
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys.slice(0, mostIssues - described.length)) {
        described.push({
          path: [...issue.path, key],
          message: unknownKeySentence(key, keysAt(shape, issue.path)),
        });
      }
    } else {
      const nullable = issue.path.length === 1 && shape[String(issue.path[0])]?.safeParse(null).success;
      described.push({ path: issue.path, message: sentence(issue, document, nullable ? " or null" : "") });
    }
  }
  return firstIssues(described, problems - described.length);
}

function sentence(issue: z.core.$ZodIssue, document: unknown, orNull: string): string {
  const found = valueAt(document, issue.path);
  const expected = `expected ${expectation(issue)}${orNull}`;
  if (found === missing) return `missing, ${expected}`;
  // Of an environment, and of what stands in its place, no value is shown.
  return `${expected}, got ${issue.code === "custom" ? showType(found) : showValue(found)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" ? "a whole number" : withArticle(issue.expected);
    case "invalid_value":
      return issue.values.map((value) => JSON.stringify(value)).join(" or ");
    case "invalid_union":
      return issue.errors
        .map(([first]) => (first === undefined ? "something else" : expectation(first)))
        .join(" or ");
    case "too_small":
      if (issue.origin === "string") return "a non-empty string";
      if (issue.origin === "array") return "an array of at least one item";
      return `a number ${issue.inclusive ? "of at least" : "above"} ${String(issue.minimum)}`;
    case "too_big":
      return `a number of at most ${String(issue.maximum)}`;
    default:
      return issue.message.replace(/^expected /, "");
  }
}

/** The keys that an object of the document may have; none are told of one inside a list or a map. */
function keysAt(shape: Readonly<Record<string, z.ZodMiniType>>, path: readonly PropertyKey[]): string[] {
  if (path.length === 0) return Object.keys(shape);
  const field = path.length === 1 ? shape[String(path[0])] : undefined;
  const { innerType } = (field?._zod.def ?? {}) as { innerType?: z.ZodMiniType };
  return Object.keys((innerType as Partial<z.ZodMiniObject> | undefined)?.shape ?? {});
}

const missing = Symbol("missing");

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return missing;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** `command.0: expected a string, got 7`, one after the other; a key is cut after 200 characters. */
export function joinIssues(issues: readonly Issue[]): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(showKey).join(".")}: ${message}`))
    .join("; ");
}

function showKey(key: PropertyKey): string {
  const text = String(key);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
