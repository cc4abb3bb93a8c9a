import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { identifiersIn, importsOf, packageOf } from "./imports.ts";
import { filesOf, packages, publicPackages, type Manifest } from "./workspace.ts";

const ours = new Set(packages.map(({ name }) => name));

/** Who may import whom, of our own. A runner depends on the interface, and core never on a runner. */
function mayImport(name: string): readonly string[] {
  if (name === "@xrt/contracts" || name === "@xrt/create-runner") return [];
  if (name === "@xrt/cli") return [...ours].filter((other) => other !== name);
  return ["@xrt/contracts"];
}

describe.each(publicPackages)("$name", (from) => {
  const imports = importsOf(from, "src/");
  const allowed = mayImport(from.name);

  test("imports only those of ours that it may", () => {
    const foreign = imports.filter(({ specifier }) => {
      const target = packageOf(specifier);
      return target !== undefined && ours.has(target) && !allowed.includes(target);
    });
    expect(foreign, `${from.name} may import ${allowed.join(", ") || "none of ours"}`).toEqual([]);
  });

  test("depends only on those of ours that it may", () => {
    const foreign = Object.keys(from.manifest.dependencies ?? {}).filter(
      (name) => ours.has(name) && !allowed.includes(name),
    );
    expect(foreign).toEqual([]);
  });

  test("declares every package that its source imports, and imports every one that it declares", () => {
    const { scripts, dependencies = {}, devDependencies = {} } = from.manifest;
    const imported = new Set(imports.flatMap(({ specifier }) => packageOf(specifier) ?? []));
    // Whoever bundles brings its imports along; nobody who installs it needs them.
    const bundled = scripts?.["build"]?.startsWith("rolldown") ? Object.keys(devDependencies) : [];
    const declared = [...Object.keys(dependencies), ...bundled.filter((name) => imported.has(name))];
    expect(imported).toEqual(new Set(declared));
  });

  test("reaches out of src in none of its sources", () => {
    const outside = imports.filter(
      ({ file, specifier }) =>
        specifier.startsWith(".") && !resolve("/", dirname(file), specifier).startsWith("/src/"),
    );
    expect(outside).toEqual([]);
  });
});

describe.each(packages)("$name", (from) => {
  const imports = importsOf(from, "");

  test("reaches into no other package's folder", () => {
    const outside = imports.filter(
      ({ file, specifier }) =>
        specifier.startsWith(".") &&
        relative(from.folder, resolve(from.folder, dirname(file), specifier)).startsWith(".."),
    );
    expect(outside).toEqual([]);
  });

  test("imports another package of ours by what it exports", () => {
    const unknown = imports.filter(({ specifier }) => {
      const target = packages.find(({ name }) => name === packageOf(specifier));
      return target !== undefined && !exportsPath(target.manifest, `.${specifier.slice(target.name.length)}`);
    });
    expect(unknown).toEqual([]);
  });

  test("names ours by workspace:^, and never as peers", () => {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = from.manifest;
    const named = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(named.filter(([name, range]) => ours.has(name) && range !== "workspace:^")).toEqual([]);
    expect(Object.keys(peerDependencies ?? {}).filter((name) => ours.has(name))).toEqual([]);
  });
});

test("no packages depend on each other in a circle, their tests included", () => {
  const circles = packages.flatMap(({ name }) => pathBack(name, name, []));
  expect(circles).toEqual([]);
});

test("@xrt/contracts uses nothing that only Node has", () => {
  const contracts = packages.find(({ name }) => name === "@xrt/contracts");
  expect(contracts).toBeDefined();
  if (contracts === undefined) return;
  const nodeOnly = new Set(["process", "Buffer", "global", "require", "__dirname", "setImmediate"]);
  const used = filesOf(contracts)
    .filter((file) => file.startsWith("src/"))
    .flatMap((file) =>
      [...identifiersIn(join(contracts.folder, file))]
        .filter((name) => nodeOnly.has(name))
        .map((name) => `${file}: ${name}`),
    );
  expect(used).toEqual([]);
  expect(importsOf(contracts, "src/").filter(({ specifier }) => specifier.startsWith("node:"))).toEqual([]);
});

test("every relative import names a file that is there", () => {
  const missing = packages.flatMap((from) =>
    importsOf(from, "")
      .filter(({ specifier }) => specifier.startsWith(".") && !specifier.includes("?"))
      .filter(({ file, specifier }) => !existsSync(resolve(from.folder, dirname(file), specifier)))
      .map(({ file, specifier }) => `${from.name} ${file}: ${specifier}`),
  );
  expect(missing).toEqual([]);
});

function exportsPath({ exports }: Manifest, path: string): boolean {
  return Object.keys(exports ?? {}).some((pattern) => {
    const [before = "", after] = pattern.split("*");
    return after === undefined ? path === pattern : path.startsWith(before) && path.endsWith(after);
  });
}

/** The ways by which a package's dependencies lead back to it. */
function pathBack(start: string, at: string, seen: readonly string[]): string[] {
  const manifest = packages.find(({ name }) => name === at)?.manifest;
  const next = Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies });
  if (next.includes(start)) return [[...seen, at, start].join(" -> ")];
  return next
    .filter((name) => ours.has(name) && !seen.includes(name))
    .flatMap((name) => pathBack(start, name, [...seen, at]));
}
