import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { packageConformance } from "@xrt/conformance";
import runnerPackage from "../src/index.ts";
import fixtures from "./fixtures.ts";

const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const cases = await packageConformance({ runnerPackage, manifest, fixtures });

test("all is tested but what a thread cannot have: it dies with its supervisor", () => {
  const reasons = cases.flatMap(({ skip }) => (skip === false ? [] : [skip]));
  assert.deepEqual(
    new Set(reasons),
    new Set(["the runner declares no recover", "the runner declares no close"]),
  );
});

for (const { id, requirement, skip, run } of cases) test(`${id}: ${requirement}`, { skip }, run);
