import { expect, test } from "vitest";
import { packageEntry } from "../src/index.ts";

test.for([
  [{ exports: "./a.js", main: "./b.js" }, "./a.js"],
  [{ exports: { ".": "./a.js", "./other": "./b.js" } }, "./a.js"],
  [{ exports: { ".": { types: "./a.d.ts", browser: "./b.js", default: "./a.js" } } }, "./a.js"],
  [{ exports: { require: "./a.cjs", import: { node: "./a.js", default: "./b.js" } } }, "./a.js"],
  [{ exports: [{ browser: "./b.js" }, "./a.js"] }, "./a.js"],
  [{ main: "./b.js" }, "./b.js"],
  [{ exports: { "./other": "./a.js" }, main: "./b.js" }, undefined],
  [{}, undefined],
  [null, undefined],
] as const)("of %j an import gives %s", ([manifest, file]) => {
  expect(packageEntry(manifest)).toBe(file);
});
