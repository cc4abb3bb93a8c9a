/**
 * The value at a dotted path (`data.runs.0.id`): own members and array positions only, so that no path reaches a prototype.
 * Undefined where there is none.
 */
export function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const segment of path.split(".")) {
    if (segment === "") continue;
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
    if (Array.isArray(value) && !/^\d+$/.test(segment)) return undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value;
}

/** A state, a name or a number as text; undefined for what is neither. */
export function textAt(root: unknown, path: string): string | undefined {
  const value = valueAt(root, path);
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
