import { isBuiltin } from "node:module";
import type { Plugin } from "rolldown";

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
    const members = Object.keys(process.getBuiltinModule(name) ?? {}).filter((key) => /^\w+$/.test(key));
    // Loading it takes a quarter of Node's own start-up, and few runs hash anything: it waits for the first call.
    if (name === "crypto") {
      const functions = members.filter((member) => /^[a-z]/.test(member));
      return functions
        .map((member) => `export const ${member} = (...all) => ${builtin}.${member}(...all);`)
        .join("\n");
    }
    const lines = members.map((member) => `export const ${member} = builtin.${member};`);
    return [`const builtin = ${builtin};`, "export default builtin;", ...lines].join("\n");
  },
};
