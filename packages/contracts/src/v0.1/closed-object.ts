import * as z from "zod";

/**
 * An object without unknown keys. zod skips an own `__proto__` key (JSON may carry one) unseen, so it is shown to the
 * schema under a name that is unknown too, and is refused with all the other problems.
 */
export function closedObject<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, "__proto__")) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key === "__proto__" ? '["__proto__"]' : key, entry]),
    );
  }, z.strictObject(shape));
}
