import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { ConformanceFailure, packageConformance, type ConformanceCase } from "../../src/index.ts";
import { makeFolder } from "./package-folder.ts";
import { brokenPackages, soundPackage } from "./sound-package.ts";

async function casesIn(folder: string): Promise<readonly ConformanceCase[]> {
  const module = (await import(/* @vite-ignore */ pathToFileURL(join(folder, "index.js")).href)) as {
    default?: unknown;
  };
  const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return packageConformance({ runnerPackage: module.default, manifest });
}

const ofPackage = ({ id }: ConformanceCase): boolean => id.startsWith("package/");

test("a package in order passes, and its runners' cases follow under their kind", async () => {
  using folder = makeFolder(soundPackage);
  const cases = await casesIn(folder.path);
  for (const { run } of cases.filter(ofPackage)) await run();
  expect(cases.map(({ id }) => id)).toContain("acme.echo/stops/deadline");
});

test("every requirement of a package has one that breaks it", async () => {
  using folder = makeFolder(soundPackage);
  const requirements = (await casesIn(folder.path)).filter(ofPackage).map(({ id }) => id);
  expect(new Set(brokenPackages.map(({ finds }) => finds))).toEqual(new Set(requirements));
});

test.each(brokenPackages)("$finds finds a package of which holds: $fault", async (broken) => {
  const { file, line, instead, finds } = broken;
  const text = soundPackage[file] ?? "";
  expect(text.split(line).length - 1, "the line occurs once").toBe(1);
  using folder = makeFolder({ ...soundPackage, [file]: text.replace(line, instead) });
  const found = (await casesIn(folder.path)).find(({ id }) => id === finds);
  expect(found?.skip).toBe(false);
  await expect(found?.run()).rejects.toThrow(ConformanceFailure);
});
