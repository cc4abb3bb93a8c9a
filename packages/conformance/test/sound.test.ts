import { expect, test } from "vitest";
import { conformance } from "../src/index.ts";
import { fixtures } from "./sound/fixtures.ts";
import { SoundRunner } from "./sound/runner.ts";

const cases = await conformance({ create: () => new SoundRunner(), fixtures });

test("a runner that declares all, with all fixtures given, is tested in everything", () => {
  expect(cases.filter(({ skip }) => skip !== false)).toEqual([]);
});

for (const { id, requirement, run } of cases) test(`${id}: ${requirement}`, run);
