import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import { test } from "./sandbox.ts";

const run = promisify(execFile);
const demo = fileURLToPath(new URL("../demo/demo.ts", import.meta.url));

test("the demo shows three results as they should be, without a home folder, and leaves nothing", async ({
  sandbox,
}) => {
  const { stdout, stderr } = await run(process.execPath, [demo], {
    cwd: sandbox.folder,
    env: { ...sandbox.env, HOME: "" },
  });
  expect(stderr).toBe("");
  for (const part of ["succeeded", "report.txt", "failed", 'there is no key "port"', "timed_out"]) {
    expect(stdout).toContain(part);
  }
  if (process.platform === "linux") expect(stdout).toMatch(/processes +3 while it ran, 0 now/);
  expect(stdout).toContain("All three came back as they should, and nothing is left.");
  expect(sandbox.left()).toEqual([]);
});
