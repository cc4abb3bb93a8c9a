import { isBuiltin } from "node:module";
import type { Plugin } from "rolldown";

/**
 * Loaded by the first call of one of their functions, if it comes. node:crypto takes a quarter of Node's own start-up,
 * and few runs hash anything.
 */
const lateModules = new Set(["crypto", "fs/promises", "timers/promises"]);

/**
 * An `import` of a module of Node evaluates all of its members, also those that load other modules: node:util brings
 * worker threads and a diff along. So each is taken as an object, and of it only what is used.
 */
export const builtinsAsNeeded: Plugin = {
  name: "builtins-as-needed",
  resolveId(id, _importer, { kind }) {
    if (!isBuiltin(id)) return null;
    return `virtual:builtin-${kind === "require-call" ? "object" : "members"}:${id.replace(/^node:/, "")}`;
  },
  load(id) {
    const [, form, name] = /^virtual:builtin-(object|members):(.*)$/.exec(id) ?? [];
    if (name === undefined) return null;
    const builtin = `process.getBuiltinModule("${name}")`;
    if (form === "object") return `module.exports = ${builtin};`;
    const members = Object.entries(process.getBuiltinModule(name) ?? {}).filter(([key]) => /^\w+$/.test(key));
    if (lateModules.has(name)) {
      const functions = members.filter(([key, value]) => typeof value === "function" && /^[a-z]/.test(key));
      const lines = functions.map(([key]) => `export const ${key} = (...all) => ${builtin}.${key}(...all);`);
      if (name === "fs/promises") lines.push('export const { constants } = process.getBuiltinModule("fs");');
      return lines.join("\n");
    }
    const lines = members.map(([key]) => `export const ${key} = builtin.${key};`);
    return [`const builtin = ${builtin};`, "export default builtin;", ...lines].join("\n");
  },
};
