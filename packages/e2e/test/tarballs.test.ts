import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { beforeAll, describe, expect, test } from "vitest";
import { runIn } from "./npm-folder.ts";
import { tarballOf } from "./tarballs.ts";
import { filesOf, publicPackages, type Manifest } from "./workspace.ts";

const inTemplate = (file: string): boolean => file.startsWith("template/");

const run = promisify(execFile);

describe.each(publicPackages)("the tarball of $name", (subject) => {
  const { manifest } = subject;
  let files: string[];
  let published: Manifest;

  beforeAll(async () => {
    const { stdout } = await run("tar", ["-tzf", tarballOf(manifest)]);
    files = stdout
      .trimEnd()
      .split("\n")
      .map((file) => file.replace(/^package\//, ""));
    const extracted = await run("tar", ["-xzOf", tarballOf(manifest), "package/package.json"]);
    published = JSON.parse(extracted.stdout) as Manifest;
  });

  test("has what a user needs and nothing else", () => {
    expect(files).toEqual(expect.arrayContaining(["package.json", "README.md", "LICENSE"]));
    const allowed =
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/.*\.(js|js\.map|d\.ts)|dist\/[A-Z-]+\.txt|schemas\/.*\.json)$/;
    // A template is a package within a package.
    const own = files.filter((file) => !inTemplate(file));
    expect(own.filter((file) => !allowed.test(file))).toEqual([]);
    expect(own.filter((file) => /(^|\/)(test|tests|src|scripts|node_modules)\//.test(file))).toEqual([]);
    expect(new Set(files.filter(inTemplate))).toEqual(new Set(filesOf(subject).filter(inTemplate)));
  });

  test("has every file that its exports and commands name", () => {
    const targets = [...Object.values(published.exports ?? {}), published.bin ?? {}].flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    expect(targets.length).toBeGreaterThan(0);
    const missing = targets.filter(
      (target) => !target.includes("*") && !files.includes(target.replace("./", "")),
    );
    expect(missing).toEqual([]);
    expect(targets.filter((target) => target.includes("/src/"))).toEqual([]);
  });

  test("has source maps that carry their sources, since src is not there", async () => {
    for (const file of files.filter((name) => name.endsWith(".map"))) {
      const { stdout } = await run("tar", ["-xzOf", tarballOf(manifest), `package/${file}`]);
      expect(JSON.parse(stdout), file).toHaveProperty("sourcesContent");
    }
  });

  test("is as publint wants a package", async () => {
    const tarball = Uint8Array.from(readFileSync(tarballOf(manifest))).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    // A template is a package within a package, and comes to stand on its own.
    const own = messages.filter(
      ({ args }) => !("filePath" in args && args.filePath.startsWith("./template/")),
    );
    expect(own.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("has types that resolve wherever ESM does", async () => {
    const attw = createRequire(import.meta.url).resolve("@arethetypeswrong/cli/package.json");
    const program = join(dirname(attw), "dist/index.js");
    await runIn(".", process.execPath, [program, tarballOf(manifest), "--profile", "esm-only", "--no-color"]);
  });

  test("asks for the others of ours by a range of versions", () => {
    const ranges = Object.entries(published.dependencies ?? {}).filter(([name]) => name.startsWith("@xrt/"));
    for (const [name, range] of ranges) expect(`${name} ${range}`).toMatch(/ \^\d+\.\d+\.\d+$/);
  });
});
