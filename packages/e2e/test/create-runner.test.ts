import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBlocks } from "./readme-blocks.ts";
import { tarballOf } from "./tarballs.ts";
import { packages, repository } from "./workspace.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(realpathSync(tmpdir()), "xrt-guide-"));

/** What a runner's author gets from the registry, packed. */
const published = packages.filter(({ name }) => /^@xrt\/(contracts|conformance|create-runner)$/.test(name));

beforeAll(async () => {
  const own = published.find(({ name }) => name === "@xrt/create-runner");
  if (own === undefined) throw new Error("@xrt/create-runner is not in the workspace");
  await run("tar", ["-xzf", tarballOf(own.manifest), "-C", folder]);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The commands of the guide, in their order. */
function guideCommands(): string[] {
  const readme = "packages/conformance/README.md";
  const text = readFileSync(join(repository, readme), "utf8");
  const guide = text.slice(0, text.indexOf("\n## With vitest"));
  const from = guide.slice(0, guide.indexOf("\n## From an empty folder")).split("\n").length;
  return readBlocks(readme, guide)
    .filter(({ language, line }) => language === "sh" && line > from)
    .flatMap(({ text }) => text.trimEnd().split("\n"));
}

test("the guide leads from an empty folder to a package that is ready to be published", async () => {
  const commands = guideCommands();
  expect(commands).toEqual([
    "pnpm create @xrt/runner acme-xrt-runner-echo",
    "cd acme-xrt-runner-echo",
    "npm install",
    "npm run types",
    "npm test",
    "npm run conformance",
    "npm publish",
  ]);
  let cwd = folder;
  const npm = async (...args: string[]): Promise<string> => (await run("npm", args, { cwd })).stdout;
  for (const command of commands) {
    const [program, ...args] = command.split(" ");
    if (program === "pnpm") {
      const main = join(folder, "package/dist/main.js");
      await run(process.execPath, [main, args.at(-1) ?? ""], { cwd });
    } else if (program === "cd") {
      cwd = resolve(cwd, args[0] ?? "");
    } else if (command === "npm install") {
      takeTarballs(join(cwd, "package.json"));
      await npm("install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error");
    } else if (command === "npm publish") {
      const [packed] = JSON.parse(await npm("pack", "--dry-run", "--json", "--silent")) as [
        { files: { path: string }[] },
      ];
      const files = packed.files.map(({ path }) => path);
      expect(files).toEqual(expect.arrayContaining(["README.md", "dist/index.d.ts", "dist/index.js"]));
      expect(files.filter((path) => path.startsWith("src/") || path.startsWith("test/"))).toEqual([]);
    } else {
      const output = await npm(...args);
      if (command === "npm test") expect(output).toMatch(/^# fail 0$|ℹ fail 0$/m);
      if (command === "npm run conformance") expect(output).toMatch(/\d+ passed, 0 failed, \d+ skipped\n$/);
    }
  }
}, 240_000);

/** The versions asked for are those of this repository; what is not published yet comes from its tarball. */
function takeTarballs(path: string): void {
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Record<
    "dependencies" | "devDependencies" | "overrides",
    Record<string, string>
  >;
  manifest.overrides = {};
  for (const { name, manifest: own } of published) {
    const file = `file:${tarballOf(own)}`;
    for (const group of [manifest.dependencies, manifest.devDependencies]) {
      if (!(name in group)) continue;
      expect(group[name]).toBe(`^${own.version}`);
      group[name] = file;
    }
    manifest.overrides[name] = file;
  }
  writeFileSync(path, JSON.stringify(manifest));
}
