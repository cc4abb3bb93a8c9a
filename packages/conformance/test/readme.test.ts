import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { usage } from "../src/command.ts";
import { conformance, packageConformance } from "../src/index.ts";
import { fixtures } from "./sound/fixtures.ts";
import { SoundRunner } from "./sound/runner.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the README lists every requirement, in the words of its case, and no other", async () => {
  const cases = [
    ...(await packageConformance({ runnerPackage: undefined, manifest: {} })),
    ...(await conformance({ create: () => new SoundRunner(), fixtures })),
  ];
  const rows = readme.split("\n").filter((line) => /^\| `[a-z]+\/[a-z-]+` \|/.test(line));
  expect(rows).toEqual(
    cases.map(({ id, requirement }) => `| \`${id.replace("/cpu_seconds", "")}\` | ${requirement} |`),
  );
});

test("the README shows the command's own help", () => {
  expect(readme).toContain(`\`\`\`text\n${usage}\`\`\`\n`);
});

test("the README tells of every fixture", () => {
  const told = [...readme.matchAll(/^\| `([A-Za-z]+)` \|/gm)].map(([, name]) => name);
  expect(told).toEqual(expect.arrayContaining(Object.keys(fixtures)));
});
