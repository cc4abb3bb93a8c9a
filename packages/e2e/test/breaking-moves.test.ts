import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { packages, publicPackages, repository } from "./workspace.ts";

/** A repository with our manifests, all as they were released, and no changeset. */
let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(realpathSync(tmpdir()), "xrt-moves-"));
  const files = ["package.json", "pnpm-workspace.yaml", ".changeset/config.json", ".ci/breaking-moves.mjs"];
  const manifests = packages.map(({ folder }) => `${folder.slice(repository.length)}/package.json`);
  for (const file of [...files, ...manifests, "packages/contracts/src/runner.ts"]) {
    cpSync(join(repository, file), join(copy, file), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"));
  for (const { folder, name } of publicPackages) {
    edit(
      `${folder.slice(repository.length)}/package.json`,
      /"version": ".*?"/,
      `"version": "${released[name]}"`,
    );
  }
  writeFileSync(
    join(copy, ".ci/released.json"),
    JSON.stringify({ runnerInterface: "1.0", packages: released }),
  );
  execFileSync("git", ["init", "-q", "-b", "main"], { cwd: copy });
});

afterEach(() => {
  rmSync(copy, { recursive: true, force: true });
});

const released = Object.fromEntries(
  publicPackages.map(({ name }) => [name, name === "@xrt/contracts" ? "1.2.0" : "0.3.1"]),
);
released["@xrt/core"] = "1.0.0";
const dependents = publicPackages.map(({ name }) => name).filter((name) => name !== "@xrt/contracts");

function edit(file: string, from: string | RegExp, to: string): void {
  const before = readFileSync(join(copy, file), "utf8");
  const after = before.replace(from, to);
  writeFileSync(join(copy, file), after);
}

function change(bumps: Readonly<Record<string, string>>): void {
  mkdirSync(join(copy, ".changeset"), { recursive: true });
  const lines = Object.entries(bumps).map(([name, bump]) => `"${name}": ${bump}`);
  writeFileSync(join(copy, ".changeset/one.md"), `---\n${lines.join("\n")}\n---\n\nA change.\n`);
}

function guard(...args: string[]) {
  const script = join(copy, ".ci/breaking-moves.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: copy, encoding: "utf8" });
  return { status, said: stderr.trimEnd().split("\n") };
}

const all = (bump: string): Record<string, string> =>
  Object.fromEntries(dependents.map((name) => [name, bump]));

test("this repository's changesets, as they are, break nobody", () => {
  const { status, stderr } = spawnSync(process.execPath, [".ci/breaking-moves.mjs"], {
    cwd: repository,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

describe("a major version of contracts", () => {
  test("alone is refused, with a sentence for each package that depends on it", () => {
    change({ "@xrt/contracts": "major" });
    const { status, said } = guard();
    expect(status).toBe(1);
    expect(said).toHaveLength(dependents.length);
    expect(said).toContain(
      "@xrt/contracts makes a breaking move, from 1.2.0 to 2.0.0, and @xrt/core goes from 1.0.0 to 1.0.1 only: add a major changeset for @xrt/core",
    );
    expect(said).toContain(
      "@xrt/contracts makes a breaking move, from 1.2.0 to 2.0.0, and @xrt/runner-http goes from 0.3.1 to 0.3.2 only: add a minor (it is at 0.x) or major changeset for @xrt/runner-http",
    );
  });

  test("is refused when a single dependent is left behind", () => {
    change({ ...all("major"), "@xrt/contracts": "major", "@xrt/runner-manual": "patch" });
    const { status, said } = guard();
    expect(status).toBe(1);
    expect(said).toEqual([
      expect.stringContaining("add a minor (it is at 0.x) or major changeset for @xrt/runner-manual"),
    ]);
  });

  test("is fine when each dependent makes one too, or at 0.x a minor one", () => {
    change({ ...all("minor"), "@xrt/contracts": "major", "@xrt/core": "major" });
    expect(guard()).toEqual({ status: 0, said: [""] });
  });

  test("is seen after the changesets were turned into versions too", () => {
    edit("packages/contracts/package.json", '"version": "1.2.0"', '"version": "2.0.0"');
    const { status, said } = guard("--record");
    expect(status).toBe(1);
    expect(said).toContain(
      "@xrt/contracts makes a breaking move, from 1.2.0 to 2.0.0, and @xrt/core stays at 1.0.0: add a major changeset for @xrt/core",
    );
    expect(recorded()).toEqual({ runnerInterface: "1.0", packages: released });
  });
});

test("a minor version of contracts moves nobody", () => {
  change({ "@xrt/contracts": "minor" });
  expect(guard()).toEqual({ status: 0, said: [""] });
});

describe("a major version of the runner interface", () => {
  beforeEach(() => {
    edit("packages/contracts/src/runner.ts", 'interfaceVersion = "1.0"', 'interfaceVersion = "2.0"');
  });

  test("is refused unless contracts and whoever depends on it make a breaking move", () => {
    change({ "@xrt/contracts": "minor" });
    const { status, said } = guard();
    expect(status).toBe(1);
    expect(said).toHaveLength(publicPackages.length);
    expect(said).toContain(
      "the runner interface goes from 1.0 to 2.0, and @xrt/contracts goes from 1.2.0 to 1.3.0 only: add a major changeset for @xrt/contracts",
    );
  });

  test("is fine when they do, and recorded for the next time", () => {
    change({ ...all("major"), "@xrt/contracts": "major" });
    expect(guard("--record")).toEqual({ status: 0, said: [""] });
    expect(recorded()).toMatchObject({
      runnerInterface: "2.0",
      packages: { "@xrt/contracts": "2.0.0", "@xrt/core": "2.0.0", "@xrt/runner-http": "1.0.0" },
    });
  });
});

test("a minor version of the runner interface moves nobody", () => {
  edit("packages/contracts/src/runner.ts", 'interfaceVersion = "1.0"', 'interfaceVersion = "1.1"');
  expect(guard()).toEqual({ status: 0, said: [""] });
});

function recorded(): unknown {
  return JSON.parse(readFileSync(join(copy, ".ci/released.json"), "utf8"));
}
