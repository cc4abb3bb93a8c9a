import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RuntimeRunner } from "@xrt/contracts";
import { afterAll, expect, test } from "vitest";
import { conformance, ConformanceFailure } from "../src/index.ts";
import { broken, type Broken } from "./sound/broken.ts";
import { fixtures, mark } from "./sound/fixtures.ts";
import { SoundRunner } from "./sound/runner.ts";

const source = readFileSync(new URL("./sound/runner.ts", import.meta.url), "utf8");
const folder = mkdtempSync(join(realpathSync(tmpdir()), "xrt-teeth-"));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const sound = await conformance({ create: () => new SoundRunner(), fixtures });

test("every requirement has a runner that breaks it, and every broken runner a requirement", () => {
  const requirements = sound.map(({ id }) => id);
  expect(new Set(broken.map(({ finds }) => finds))).toEqual(new Set(requirements));
});

test.each(broken)("$finds finds a runner of which holds: $fault", async (each) => {
  const Runner = await load(each);
  const before = { directory: process.cwd(), environment: { ...process.env } };
  try {
    const cases = await conformance({ create: () => new Runner(), fixtures, patienceMs: 1000 });
    const found = cases.find(({ id }) => id === each.finds);
    expect(found?.skip).toBe(false);
    await expect(found?.run()).rejects.toThrow(ConformanceFailure);
  } finally {
    process.chdir(before.directory);
    process.env = before.environment;
    process.removeAllListeners("SIGTERM");
    killMarked();
  }
});

/** What a broken runner leaves, the test clears away. */
function killMarked(): void {
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, "utf8").includes(`XRT_SOUND=${mark}`))
        process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended, or is another user's.
    }
  }
}

/** The sound runner's class with one line changed. */
async function load({ line, instead, finds }: Broken): Promise<new () => RuntimeRunner> {
  expect(source.split(line).length - 1, `the line of ${finds} occurs once`).toBe(1);
  const file = join(
    folder,
    `${broken.findIndex((each) => each.line === line && each.instead === instead)}.mjs`,
  );
  writeFileSync(file, stripTypeScriptTypes(source.replace(line, () => instead)));
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    SoundRunner: new () => RuntimeRunner;
  };
  return module.SoundRunner;
}
