import { mkdirSync } from "node:fs";
import { expect } from "vitest";
import { test } from "../sandbox.ts";

test("xrt exec in a working directory that is gone says so in one sentence", async ({ sandbox }) => {
  mkdirSync(sandbox.path("gone"));
  const { stdout, stderr } = await sandbox.bash("cd gone && rmdir ../gone && { xrt exec true; echo $?; }");
  expect(stdout).toBe("125\n");
  // The shell that xrt is a script of in these tests has a word of its own.
  expect(stderr.split("\n").filter((line) => !line.includes("getcwd"))).toEqual([
    "xrt exec: the working directory is gone; change to one that exists",
    "",
  ]);
});

test("xrt run in a working directory that is gone rejects an invocation with relative paths", async ({
  sandbox,
}) => {
  mkdirSync(sandbox.path("gone"));
  const fields = { invocation_id: "a", runtime_name: "b", runtime_kind: "subprocess" };
  const invocation = { ...fields, working_directory: ".", command: ["true"] };
  sandbox.write("tmp/invocation.json", JSON.stringify(invocation));
  const { stdout } = await sandbox.bash('cd gone && rmdir ../gone && xrt run "$TMPDIR/invocation.json"');
  const result = JSON.parse(stdout) as Record<string, unknown>;
  expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "directory_missing" } });
  expect(result["error_summary"]).toContain("the supervisor's own working directory is gone");
});
