import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { expect, test } from "vitest";
import { SubprocessRunner } from "../src/index.ts";
import { openWorkbench } from "./workbench.ts";

test("a program that deletes its run directory is judged by its exit status, the loss is told, and the next run works", async () => {
  await using bench = await openWorkbench();
  for (const exitCode of [0, 3]) {
    const script = `echo lost; rm -r "$XRT_RUN_DIR"; echo too; exit ${exitCode}`;
    const result = await bench.start(["sh", "-c", script]).result;
    expect(result).toMatchObject({ status: exitCode === 0 ? "succeeded" : "failed", exit_code: exitCode });
    expect(result.metadata["xrt.result_error"]).toContain("ENOENT");
  }
  const next = await bench.shell("echo works");
  expect(next.stdout).toBe("works\n");
});

test("every byte is kept: all 256 values, 1 MiB of them, written in odd pieces just before the exit", async () => {
  await using bench = await openWorkbench();
  const script =
    'const all = Buffer.from(Array.from({ length: 2 ** 20 }, (_, n) => (n * 7 + (n >> 8)) & 255)); const fs = require("fs"); ' +
    "for (let at = 0; at < all.length; ) at += fs.writeSync(1, all, at, Math.min(4093, all.length - at)); process.reallyExit(5)";
  const { result } = await bench.run([process.execPath, "-e", script]);
  const expected = Buffer.from(Array.from({ length: 2 ** 20 }, (_, n) => (n * 7 + (n >> 8)) & 255));
  expect(result.exit_code).toBe(5);
  expect(sha256(await readFile(result.stdout_path ?? ""))).toBe(sha256(expected));
});

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function mountProblem(folder: string): string | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

test("on a full disk a program hears of it, what it wrote before is kept, and the next run works", async () => {
  await using bench = await openWorkbench();
  const runsDirectory = path.join(bench.directory, "small");
  mkdirSync(runsDirectory);
  const problem = mountProblem(runsDirectory);
  if (problem !== undefined) {
    console.log(`a full disk is not tested here: ${problem}`);
    return;
  }
  const runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() }, runsDirectory });
  try {
    const run = async (script: string) =>
      runtime.run(
        createInvocation({
          runtime_kind: "subprocess",
          command: ["sh", "-c", script],
          working_directory: bench.directory,
        }),
      );
    const full = await run("head -c 4194304 /dev/zero");
    expect(full).toMatchObject({ status: "failed", exit_code: 1 });
    const kept = statSync(full.stdout_path ?? "").size;
    expect(kept).toBeGreaterThan(512 * 1024);
    rmSync(full.stdout_path ?? "");
    const next = await run("echo works");
    expect(next.status).toBe("succeeded");
    expect(await readFile(next.stdout_path ?? "", "utf8")).toBe("works\n");
  } finally {
    await runtime.close();
    execFileSync("umount", [runsDirectory]);
  }
});
