import * as z from "zod/mini";
import { capIssues } from "./cap-issues.ts";

/**
 * `environment` and `metadata`: an object of strings. Not `z.record`, which refuses `process.env` (its prototype is
 * not plain) and drops an own `__proto__` key in silence: JSON may carry such a key, and a program may want it.
 */
export const StringMap = z
  .custom<Record<string, string>>(isObject, { error: "expected an object whose values are strings" })
  .check(
    (context) => {
      for (const [key, value] of Object.entries(context.value)) {
        if (typeof value === "string") continue;
        context.issues.push({ code: "custom", input: value, path: [key], message: "expected a string" });
      }
    },
    z.overwrite(copyStringMap),
    capIssues,
    z.meta({ type: "object", additionalProperties: { type: "string" } }),
  );

/** The map's own enumerable entries, `__proto__` included, in a fresh plain object. */
function copyStringMap(map: Readonly<Record<string, string>>): Record<string, string> {
  // Unlike an assignment, fromEntries defines each key, so that `__proto__` stays a key.
  return Object.fromEntries(Object.entries(map));
}

/** An object of any prototype (`process.env` has one of its own), but no array, map or the like. */
export function isObject(value: unknown): value is object {
  return Object.prototype.toString.call(value) === "[object Object]";
}
