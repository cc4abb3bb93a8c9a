import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isInstallation, readBlocks } from "./readme-blocks.ts";
import { outputPattern, runExample } from "./run-example.ts";
import { repository, repositoryFiles } from "./workspace.ts";

const readmes = repositoryFiles.filter((file) => /(^|\/)README\.md$/.test(file));

/** Languages of what a reader would run. Only the first of each row is used, so that the search below misses none. */
const runnable = /^(ts|typescript|js|javascript|mjs|sh|bash|shell|zsh|console|terminal)$/;

describe.each(readmes)("%s", (readme) => {
  const blocks = readBlocks(readme, readFileSync(join(repository, readme), "utf8"));
  const examples = blocks.filter(({ source }) => source?.kind === "example");
  const outputs = blocks.filter(({ source }) => source?.kind === "output");

  test("shows no code that is not a file which runs here, apart from installing", () => {
    const untested = blocks.filter(
      (block) => runnable.test(block.language) && block.source === undefined && !isInstallation(block),
    );
    expect(untested.map(({ line }) => `${readme}:${line}`)).toEqual([]);
  });

  test("links to files that are there", () => {
    const text = readFileSync(join(repository, readme), "utf8");
    const targets = [...text.matchAll(/\]\(([^)#:\s]+)(#[^)]*)?\)/g)].map(([, target]) => target ?? "");
    expect(targets.filter((target) => !existsSync(join(repository, readme, "..", target)))).toEqual([]);
  });

  test.each(examples)("line $line is the file $source.file", ({ source, text, language }) => {
    const file = source?.file ?? "";
    expect(text).toBe(readFileSync(join(repository, file), "utf8"));
    expect(file.endsWith(`.${language}`), `a .${language} file`).toBe(true);
  });

  test.each(examples.filter(({ source }) => !outputs.some((output) => output.source?.file === source?.file)))(
    "$source.file runs, whose output is not shown",
    ({ source }) => {
      const { output, exitCode } = runExample(join(repository, source?.file ?? ""));
      expect(exitCode, output).toBe(0);
    },
  );

  test.each(outputs)("line $line is what $source.file prints", ({ source, text }) => {
    const { output } = runExample(join(repository, source?.file ?? ""));
    if (!outputPattern(text).test(output.trimEnd())) expect(output).toBe(text);
  });
});

test("READMEs were found", () => {
  expect(readmes.length).toBeGreaterThan(0);
});
