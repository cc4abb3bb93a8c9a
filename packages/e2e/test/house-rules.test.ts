import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesOf, packages, publicPackages, repository, repositoryFiles } from "./workspace.ts";

const agpl = readFileSync(join(repository, "LICENSE"), "utf8");
/** What a runner's author builds on binds nobody. */
const permissive = new Set(["@xrt/contracts", "@xrt/conformance"]);
/** Written by tools, or with names that other tools look for. */
const namedElsewhere = /^(README|LICENSE|CHANGELOG)(\.md)?$|^\.[a-z]+|^[a-z_]+\.json$|^test-d$/;

test("the top level has only what every repository has", () => {
  const known = new Set([
    ".changeset",
    ".ci",
    ".editorconfig",
    ".gitattributes",
    ".github",
    ".gitignore",
    ".oxfmtrc.json",
    ".oxlintrc.json",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "VERSIONING.md",
    "package.json",
    "packages",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "tsconfig.base.json",
    "turbo.json",
    "vitest.config.ts",
  ]);
  const found = new Set(repositoryFiles.map((file) => file.split("/")[0] ?? ""));
  expect([...found].filter((name) => !known.has(name))).toEqual([]);
});

describe.each(packages)("$name", (subject) => {
  const files = filesOf(subject);

  test("names its files in kebab-case", () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
    const others = files.filter((file) =>
      file.split("/").some((name) => !kebab.test(name) && !namedElsewhere.test(name)),
    );
    expect(others).toEqual([]);
  });

  test("names no file for nothing", () => {
    const empty = /^(utils?|helpers?|common|misc|shared|stuff)$/;
    const others = files.filter((file) =>
      file.split("/").some((name) => empty.test(name.replace(/\..*$/, ""))),
    );
    expect(others).toEqual([]);
  });

  test("has the scripts that the whole repository runs", () => {
    const { scripts } = subject.manifest;
    expect(scripts).toMatchObject({ types: expect.any(String), lint: expect.any(String) });
    // Only with the shared configuration do the tests leave their figures.
    if (scripts?.["test"] !== undefined) expect(scripts["test"]).toContain("--config ../../vitest.config.ts");
  });

  test("states its licence", () => {
    const expected = permissive.has(subject.name) ? "Apache-2.0" : "AGPL-3.0-or-later";
    expect(subject.manifest.license).toBe(expected);
  });
});

describe.each(publicPackages)("$name", (subject) => {
  const { manifest, folder } = subject;

  test("has a README that begins with its name", () => {
    const [title, blank, purpose] = readFileSync(join(folder, "README.md"), "utf8").split("\n");
    expect(title).toBe(`# ${subject.name}`);
    expect(blank).toBe("");
    expect(purpose).not.toBe("");
  });

  test("carries the whole text of its licence", () => {
    const text = readFileSync(join(folder, "LICENSE"), "utf8");
    if (permissive.has(subject.name)) expect(text).toMatch(/^\s+Apache License\s+Version 2\.0/);
    else expect(text === agpl, "its LICENSE differs from the repository's").toBe(true);
  });

  test("says what it needs and how it is published", () => {
    expect(manifest).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      description: expect.stringMatching(/\S/),
      type: "module",
      engines: { node: ">=22.19" },
      files: expect.arrayContaining(["dist"]),
      publishConfig: { access: "public" },
    });
  });

  test("publishes from dist exactly what it exports from src", () => {
    const published = Object.fromEntries(
      Object.entries(manifest.exports ?? {}).map(([path, target]) => [path, publishedForm(target)]),
    );
    expect(manifest.publishConfig?.exports ?? manifest.exports).toEqual(published);
  });

  test("publishes from dist exactly the commands that it has in src", () => {
    expect(commands(manifest.publishConfig?.bin)).toEqual(commands(manifest.bin));
  });

  test("exports only files that are there", () => {
    const targets = Object.values(manifest.exports ?? {}).filter((target) => typeof target === "string");
    const files = new Set(filesOf(subject).map((file) => `./${file}`));
    expect(targets.filter((target) => !target.includes("*") && !files.has(target))).toEqual([]);
  });
});

/** `xrt: main`, of `./src/main.ts` as of `./dist/main.js`. */
function commands(bin: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(bin).map(([name, file]) => `${name}: ${basename(file).replace(/\.[jt]s$/, "")}`);
}

function publishedForm(target: unknown): unknown {
  const source = typeof target === "string" ? /^\.\/src\/(.*)\.ts$/.exec(target)?.[1] : undefined;
  if (source === undefined) return target;
  return { types: `./dist/${source}.d.ts`, default: `./dist/${source}.js` };
}
