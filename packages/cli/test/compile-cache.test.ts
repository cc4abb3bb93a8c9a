import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { test, type Sandbox } from "./sandbox.ts";

const folderOf = (sandbox: Sandbox): string =>
  join(sandbox.tmp, `xrt-compile-cache-${process.getuid?.() ?? ""}`);

/** The sandbox has a cache for all tests; here the command line chooses. */
const env = { NODE_COMPILE_CACHE: undefined };

describe("compiled code", () => {
  test("is kept in a folder of the user's own", async ({ sandbox }) => {
    expect((await sandbox.xrt(["--version"], { env })).status).toBe(0);
    expect(readdirSync(folderOf(sandbox))).not.toEqual([]);
    expect(existsSync(join(sandbox.tmp, "node-compile-cache"))).toBe(false);
  });

  test("is not taken from a folder that others can write to", async ({ sandbox }) => {
    mkdirSync(folderOf(sandbox));
    chmodSync(folderOf(sandbox), 0o777);
    expect((await sandbox.xrt(["--version"], { env })).status).toBe(0);
    expect(readdirSync(folderOf(sandbox))).toEqual([]);
  });
});
