import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown, type OutputChunk, type RolldownOutput } from "rolldown";
import { afterAll, beforeAll, describe, expect } from "vitest";
import config from "../rolldown.config.ts";
import { invocation, test, type Sandbox } from "./sandbox.ts";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));
// As it is when installed, with nothing else in reach.
const folder = mkdtempSync(join(tmpdir(), "xrt-bundle-"));
let built: RolldownOutput;

beforeAll(async () => {
  const bundle = await rolldown({ ...config, cwd: packageFolder });
  const [output] = [config.output].flat();
  built = await bundle.write({ ...output, dir: join(folder, "dist") });
  await bundle.close();
  copyFileSync(join(packageFolder, "package.json"), join(folder, "package.json"));
  chmodSync(join(folder, "dist/main.js"), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Puts the bundle on PATH as `xrt`, in place of the sources. */
function install(sandbox: Sandbox): void {
  const script = `#!/bin/sh\nexec "${process.execPath}" "${join(folder, "dist/main.js")}" "$@"\n`;
  sandbox.write("bin/xrt", script);
}

describe("the bundle", () => {
  test("runs every command with nothing else installed", async ({ sandbox }) => {
    install(sandbox);
    sandbox.write("in.json", invocation({ command: ["echo", "hi"] }));
    const script = `
      xrt run in.json > result.json && xrt validate result.json && xrt exec cat .xrt/test-1/stdout.txt
      xrt validate --ndjson - <<< '{"a":1,}'
      xrt exec --timeout 0.2 -q sleep 60; echo $?
      xrt exec -v true
      xrt schema runtime_result | head -2 && xrt runners && xrt --version --json`;
    const { stdout, stderr } = await sandbox.bash(script);
    expect(stdout).toMatch(
      /^ok\nhi\ninvalid: line 1, column 8: not JSON.*\n124\n\{\n.*\$schema.*\nsubprocess .*\nhttp .*\nhttp_async .*\n\{"xrt":/,
    );
    expect(stderr).toMatch(/^succeeded {2}true, .*\n$/);
  });

  test("hashes what a run leaves", async ({ sandbox }) => {
    install(sandbox);
    sandbox.write("in.json", invocation({ command: ["sh", "-c", "echo x > $XRT_ARTIFACT_DIR/x"] }));
    const { stdout } = await sandbox.bash("xrt run in.json");
    const sha256 = "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac";
    expect(JSON.parse(stdout).artifacts.at(-1).metadata).toMatchObject({ "xrt.sha256": sha256 });
  });

  test("leaves a pipe that it shares with others blocking", async ({ sandbox }) => {
    install(sandbox);
    // With O_NONBLOCK on the pipe that both write to, seq would fail with EAGAIN while the reader sleeps.
    const script = `
      { xrt exec sh -c 'echo first; touch begun; sleep 1' & until [ -e begun ]; do sleep 0.05; done; seq 100000; wait; } |
        { sleep 2; wc -l; }`;
    const { stdout, stderr } = await sandbox.bash(script);
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: "100001", stderr: "" });
  });

  test("says on a Node that is too old what it needs, and no more", async ({ sandbox }) => {
    sandbox.write("old.cjs", 'Object.defineProperty(process, "versions", { value: { node: "20.20.2" } });');
    const { status, stderr } = await sandbox.bash(
      `"${process.execPath}" -r ./old.cjs "${join(folder, "dist/main.js")}" run x`,
    );
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "xrt: this is Node 20.20.2, and xrt needs 22.19 or later\n",
    });
  });

  test("carries the licence of every package in it", () => {
    const notices = readFileSync(join(folder, "dist/THIRD-PARTY-NOTICES.txt"), "utf8");
    const modules = chunks().flatMap(({ moduleIds }) => moduleIds);
    const names = modules.map((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]);
    const bundled = new Set(names.filter((name) => name !== undefined));
    expect(bundled.size).toBeGreaterThan(3);
    for (const name of bundled)
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)$`, "m"));
  });

  test("loads for a command only what it needs", () => {
    expect(loadedBy("program")).not.toContainEqual(
      expect.stringMatching(/zod|packages\/(contracts|core|runner)/),
    );
    expect(loadedBy("run")).not.toContainEqual(expect.stringMatching(/runner-subprocess|jsonc-parser/));
    expect(loadedBy("run")).toContainEqual(expect.stringMatching(/packages\/core/));
  });

  test("imports no module of Node the way that evaluates all of it", () => {
    expect(chunks().flatMap(({ imports }) => imports.filter((name) => !name.endsWith(".js")))).toEqual([]);
  });
});

function chunks(): OutputChunk[] {
  return built.output.filter((file) => file.type === "chunk");
}

/** The modules that are evaluated with a chunk. */
function loadedBy(name: string): string[] {
  const queue = chunks().filter((chunk) => chunk.name === name);
  expect(queue).not.toEqual([]);
  const seen = new Set(queue);
  for (const chunk of seen) {
    for (const other of chunks()) if (chunk.imports.includes(other.fileName)) seen.add(other);
  }
  return [...seen].flatMap(({ moduleIds }) => moduleIds);
}
