import * as z from "zod";

/**
 * `environment` and `metadata`: an object of strings. Not `z.record`, which refuses `process.env` (its prototype is
 * not plain) and drops an own `__proto__` key in silence: JSON may carry such a key, and a program may want it.
 */
export const StringMap = z
  .custom<Record<string, string>>(isObject, { error: "expected an object whose values are strings" })
  .check((context) => {
    for (const [key, value] of Object.entries(context.value)) {
      if (typeof value === "string") continue;
      // The value is not shown: what stands in an environment may be a secret.
      const message = `expected a string, got ${value === null ? "null" : typeof value}`;
      context.issues.push({ code: "custom", input: value, path: [key], message });
    }
  })
  .overwrite(copyStringMap)
  .meta({ type: "object", additionalProperties: { type: "string" } });

/** The map's own enumerable entries, `__proto__` included, in a fresh plain object. */
export function copyStringMap(map: Readonly<Record<string, string>>): Record<string, string> {
  const copy: Record<string, string> = {};
  for (const [key, value] of Object.entries(map)) {
    if (key === "__proto__") {
      Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
    } else {
      copy[key] = value;
    }
  }
  return copy;
}

function isObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object Object]";
}
