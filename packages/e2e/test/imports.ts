import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { filesOf, type WorkspacePackage } from "./workspace.ts";

export interface Import {
  /** Relative to the package's folder. */
  readonly file: string;
  /** As it is written: `node:fs`, `./a.ts`, `@xrt/contracts/v0.1`. */
  readonly specifier: string;
}

/** Every import and re-export, of values and of types, in a package's TypeScript files below a folder. */
export function importsOf(from: WorkspacePackage, below: string): Import[] {
  return filesOf(from)
    .filter((file) => file.startsWith(below) && file.endsWith(".ts"))
    .flatMap((file) => specifiersIn(join(from.folder, file)).map((specifier) => ({ file, specifier })));
}

/** Every identifier in a file; strings and comments do not count. */
export function identifiersIn(path: string): Set<string> {
  const names = new Set<string>();
  visit(parse(path).program, names);
  return names;
}

/** `@xrt/contracts/v0.1` is of the package `@xrt/contracts`; undefined for relative and `node:` specifiers. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function specifiersIn(path: string): string[] {
  const { module } = parse(path);
  const source = readFileSync(path, "utf8");
  return [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports
      .map(({ moduleRequest }) => source.slice(moduleRequest.start, moduleRequest.end))
      // A computed specifier is not a string literal, and names no package that could be told here.
      .filter((text) => /^["'].*["']$/.test(text))
      .map((text) => text.slice(1, -1)),
  ];
}

function parse(path: string): ReturnType<typeof parseSync> {
  const parsed = parseSync(path, readFileSync(path, "utf8"));
  if (parsed.errors.length > 0) throw new Error(`${path} is not TypeScript: ${parsed.errors[0]?.message}`);
  return parsed;
}

function visit(node: unknown, names: Set<string>): void {
  if (typeof node !== "object" || node === null) return;
  const { type, name } = node as { type?: unknown; name?: unknown };
  if (type === "Identifier" && typeof name === "string") names.add(name);
  for (const child of Object.values(node)) visit(child, names);
}
