import { readFileSync } from "node:fs";
import { test } from "node:test";
import { packageConformance } from "@xrt/conformance";
import runnerPackage from "../src/index.ts";
import fixtures from "./fixtures.ts";

const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

for (const { id, requirement, skip, run } of await packageConformance({
  runnerPackage,
  manifest,
  fixtures,
})) {
  test(`${id}: ${requirement}`, { skip }, run);
}
