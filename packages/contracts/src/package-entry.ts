const conditions = new Set(["node", "import", "module-sync", "default"]);

/**
 * The file that `import` of a package gives, relative to its folder, by the `exports` or `main` of its `package.json` as
 * Node reads them (https://nodejs.org/api/packages.html); undefined where it has neither.
 */
export function packageEntry(manifest: unknown): string | undefined {
  const { exports, main } = (manifest ?? {}) as { exports?: unknown; main?: unknown };
  const root = typeof exports === "object" && exports !== null && "." in exports ? exports["."] : exports;
  return conditional(root) ?? (exports === undefined && typeof main === "string" ? main : undefined);
}

function conditional(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (typeof target !== "object" || target === null) return undefined;
  for (const [condition, nested] of Object.entries(target)) {
    const found = Array.isArray(target) || conditions.has(condition) ? conditional(nested) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
