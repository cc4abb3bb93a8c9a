import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importsOfEverything, runHttp, runSubprocess } from "./consumer-programs.ts";
import { installNode, testedNodes } from "./node-versions.ts";
import { installedBytes, installedIn, installInto, runIn } from "./npm-folder.ts";
import { readmeSets, type InstallSet } from "./readme-sets.ts";
import { tarballAddresses } from "./tarballs.ts";
import { publicPackages, repository } from "./workspace.ts";

const top = mkdtempSync(join(realpathSync(tmpdir()), "xrt-sets-"));
const sets = readmeSets();

beforeAll(async () => {
  const addresses = tarballAddresses();
  const ours = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, addresses[name] ?? ""]));
  for (const { title, names } of sets) {
    await installInto(folderOf(title), { dependencies: ours(names), overrides: addresses });
  }
}, 240_000);

afterAll(() => {
  rmSync(top, { recursive: true, force: true });
});

function folderOf(title: string): string {
  return join(top, title.replaceAll(/[^a-z]+/g, "-"));
}

function setOf(...names: string[]): InstallSet {
  const found = sets.find((set) => set.names.toSorted().join() === names.toSorted().join());
  if (found === undefined) throw new Error(`the root README states no size for ${names.join(" and ")}`);
  return found;
}

function installedOurs(folder: string): string[] {
  return installedIn(folder)
    .filter((path) => path.includes("@xrt/"))
    .map((path) => path.replace("node_modules/", ""));
}

/** What the package's command starts, from the folder that it is installed in. */
function mainOf(name: string): string {
  return join("node_modules", name, "dist/main.js");
}

const everything = setOf(...publicPackages.map(({ name }) => name));

describe("in an empty folder", () => {
  test("core and the subprocess runner bring no undici", async () => {
    const folder = folderOf(setOf("@xrt/core", "@xrt/runner-subprocess").title);
    const installed = installedIn(folder).map((path) => basename(path));
    expect(installed).toContain("cross-spawn");
    expect(installed).not.toContain("undici");
    expect(installedOurs(folder)).toEqual(["@xrt/contracts", "@xrt/core", "@xrt/runner-subprocess"]);
    expect(await runSubprocess(folder, process.execPath)).toEqual({ status: "succeeded", text: "hi\n" });
  });

  test("core and the HTTP runner bring no cross-spawn", async () => {
    const folder = folderOf(setOf("@xrt/core", "@xrt/runner-http").title);
    const installed = installedIn(folder).map((path) => basename(path));
    expect(installed).toContain("undici");
    expect(installed).not.toContain("cross-spawn");
    expect(installedOurs(folder)).toEqual(["@xrt/contracts", "@xrt/core", "@xrt/runner-http"]);
    expect(await runHttp(folder, process.execPath)).toEqual({ status: "succeeded", text: "hi\n" });
  });

  test("the command line brings nothing else, and runs", async () => {
    const folder = folderOf(setOf("@xrt/cli").title);
    expect(installedIn(folder)).toEqual(["node_modules/@xrt/cli"]);
    expect(await runIn(folder, "npx", ["--no", "xrt", "exec", "echo", "hi"])).toBe("hi\n");
  });

  test("everything brings one copy of each", () => {
    expect(installedOurs(folderOf(everything.title))).toEqual(
      publicPackages.map(({ name }) => name).toSorted(),
    );
  });
});

describe("what the README says is installed", () => {
  test.each(sets)("is true of $title", ({ title, packages, megabytes }) => {
    const folder = folderOf(title);
    const measured = installedBytes(folder) / 1e6;
    const packagesAndSize = `${installedIn(folder).length} packages, ${measured.toFixed(2)} MB`;
    expect(installedIn(folder).length, packagesAndSize).toBe(packages);
    // Other people's packages grow by patches; ours alone would be held to the tenth.
    expect(Math.abs(megabytes - measured), packagesAndSize).toBeLessThanOrEqual(0.1 + megabytes * 0.05);
  });
});

test("every export has types that hold with those of its dependencies checked too", async () => {
  const folder = folderOf(everything.title);
  writeFileSync(join(folder, "all.ts"), importsOfEverything());
  const lib = ["--lib", "es2024,esnext.disposable", "--target", "es2024", "--module", "nodenext"];
  const checks = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"];
  const node = ["--types", "node", "--typeRoots", join(repository, "node_modules/@types")];
  await runIn(folder, "tsc", [...checks, ...lib, ...node, "all.ts"]);
});

describe.each(testedNodes)("on Node %s", (version) => {
  let node: string;

  beforeAll(async () => {
    node = await installNode(version, top);
  }, 180_000);

  test("it is that Node", async () => {
    expect(await runIn(top, node, ["-p", "process.version"])).toMatch(`v${version}`);
  });

  test("every export can be imported", async () => {
    const folder = folderOf(everything.title);
    writeFileSync(join(folder, "all.js"), importsOfEverything());
    await runIn(folder, node, ["all.js"]);
  });

  test("each runner runs", async () => {
    const folder = folderOf(everything.title);
    expect(await runSubprocess(folder, node)).toEqual({ status: "succeeded", text: "hi\n" });
    expect(await runHttp(folder, node)).toEqual({ status: "succeeded", text: "hi\n" });
  });

  test("the commands run", async () => {
    const folder = folderOf(everything.title);
    expect(await runIn(folder, node, [mainOf("@xrt/cli"), "exec", "echo", "hi"])).toBe("hi\n");
    expect(await runIn(folder, node, [mainOf("@xrt/conformance"), "--help"])).toContain("xrt-conformance");
    expect(await runIn(folder, node, [mainOf("@xrt/create-runner"), "--help"])).toContain("create");
  });
});
