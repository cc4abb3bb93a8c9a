import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSubprocess } from "./consumer-programs.ts";
import { startRegistry, type LocalRegistry } from "./local-registry.ts";
import { installInto, runIn } from "./npm-folder.ts";
import { publicPackages, repository, repositoryFiles, type Manifest } from "./workspace.ts";

const top = mkdtempSync(join(realpathSync(tmpdir()), "xrt-release-"));
const copy = join(top, "repository");
let registry: LocalRegistry;

beforeAll(async () => {
  registry = await startRegistry(top);
  for (const file of repositoryFiles) cpSync(join(repository, file), join(copy, file));
  writeFileSync(join(copy, ".npmrc"), registry.npmrc);
  await git("init", "-q", "-b", "main");
  await git("config", "user.name", "Rehearsal");
  await git("config", "user.email", "rehearsal@example.invalid");
  await commit("The repository as it is");
  await runIn(copy, "pnpm", ["install", "--frozen-lockfile", "--prefer-offline"]);
}, 180_000);

afterAll(async () => {
  await registry.close();
  rmSync(top, { recursive: true, force: true });
});

async function git(...args: string[]): Promise<string> {
  return runIn(copy, "git", args);
}

async function commit(message: string): Promise<void> {
  await git("add", "-A");
  await git("commit", "-q", "-m", message);
}

function versionsIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    publicPackages.map(({ name, folder: own }) => {
      const file = join(folder, own.slice(repository.length), "package.json");
      return [name, (JSON.parse(readFileSync(file, "utf8")) as Manifest).version ?? ""];
    }),
  );
}

test("a changeset becomes versions, tarballs in a registry, tags, and an install that runs", async () => {
  const patched = publicPackages.map(({ name }) => `"${name}": patch\n`).join("");
  writeFileSync(join(copy, ".changeset/rehearsal.md"), `---\n${patched}---\n\nSaid in the rehearsal.\n`);
  await commit("A change");

  const before = versionsIn(repository);
  await runIn(copy, "pnpm", ["run", "version-packages"]);
  const versions = versionsIn(copy);
  for (const { name, folder } of publicPackages) {
    expect(versions[name], name).not.toBe(before[name]);
    const changelog = readFileSync(join(copy, folder.slice(repository.length), "CHANGELOG.md"), "utf8");
    expect(changelog).toContain(`## ${versions[name]}`);
    expect(changelog).toContain("Said in the rehearsal.");
  }
  const { packages } = JSON.parse(readFileSync(join(copy, ".ci/released.json"), "utf8")) as {
    packages: object;
  };
  expect(packages).toEqual(versions);
  await commit("Versions");

  const asOnGitHub = { GITHUB_SERVER_URL: "https://git.example.com", GITHUB_REPOSITORY: "example/xrt" };
  await runIn(copy, "bash", [".ci/release"], { ...process.env, ...asOnGitHub });
  const tags = (await git("tag")).trimEnd().split("\n");
  expect(tags.toSorted()).toEqual(
    Object.entries(versions)
      .map(([name, version]) => `${name}@${version}`)
      .toSorted(),
  );

  const consumer = join(top, "consumer");
  mkdirSync(consumer);
  writeFileSync(join(consumer, ".npmrc"), registry.npmrc);
  await installInto(consumer, {
    dependencies: Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [name, `^${version}`]),
    ),
  });
  expect(versionsInstalled(consumer)).toEqual(versions);
  const core = readFileSync(join(consumer, "node_modules/@xrt/core/package.json"), "utf8");
  expect(JSON.parse(core)).toHaveProperty("repository", {
    type: "git",
    url: "git+https://git.example.com/example/xrt.git",
    directory: "packages/core",
  });
  expect(await runSubprocess(consumer, process.execPath)).toEqual({ status: "succeeded", text: "hi\n" });
  expect(await runIn(consumer, "npx", ["--no", "--", "xrt", "--version"])).toContain(versions["@xrt/cli"]);
}, 300_000);

function versionsInstalled(folder: string): Record<string, string> {
  return Object.fromEntries(
    publicPackages.map(({ name }) => {
      const file = join(folder, "node_modules", name, "package.json");
      return [name, (JSON.parse(readFileSync(file, "utf8")) as Manifest).version ?? ""];
    }),
  );
}
