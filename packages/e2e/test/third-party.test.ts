import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installNode, testedNodes } from "./node-versions.ts";
import { runIn } from "./npm-folder.ts";
import { tarballOf } from "./tarballs.ts";
import { packages } from "./workspace.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(realpathSync(tmpdir()), "xrt-third-party-"));
const tarballs = join(folder, "tarballs");
/** The example's sources, with nothing of this repository in reach. */
const example = join(folder, "worker");
/** Whoever uses it: the command line and the example, both from their tarballs. */
const consumer = join(folder, "consumer");

const name = "example-xrt-runner-worker";
const published = packages.filter((each) => /^@xrt\/(contracts|conformance|cli)$/.test(each.name));
const files = Object.fromEntries(
  published.map(({ manifest }) => [manifest.name, `file:${tarballOf(manifest)}`]),
);
const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];

beforeAll(async () => {
  for (const made of [tarballs, consumer]) mkdirSync(made);
  const source = fileURLToPath(new URL("../third-party/worker", import.meta.url));
  cpSync(source, example, { recursive: true });
  takeTarballs(join(example, "package.json"));
  await run("npm", install, { cwd: example });
  // What it depends on has gone into the tarball by its published range again.
  cpSync(join(source, "package.json"), join(example, "package.json"));
  await run("npm", ["pack", "--pack-destination", tarballs, "--silent"], { cwd: example });
  const packed = `file:${join(tarballs, `${name}-0.1.0.tgz`)}`;
  const dependencies = { "@xrt/cli": files["@xrt/cli"], [name]: packed };
  const overrides = { "@xrt/contracts": files["@xrt/contracts"] };
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ private: true, dependencies, overrides }));
  await run("npm", install, { cwd: consumer });
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ours are not on the registry; everything else comes from there. */
function takeTarballs(path: string): void {
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, string>>;
  for (const group of [manifest["dependencies"], manifest["devDependencies"]])
    for (const own of Object.keys(group ?? {})) if (own in files && group) group[own] = files[own] ?? "";
  manifest["overrides"] = { "@xrt/contracts": files["@xrt/contracts"] ?? "" };
  writeFileSync(path, JSON.stringify(manifest));
}

describe("a runner package of somebody else's, from packed tarballs alone", () => {
  test("is type-checked with the declarations that it imports, none of them skipped", async () => {
    expect(readFileSync(join(example, "tsconfig.json"), "utf8")).toContain('"skipLibCheck": false');
    await run("npm", ["run", "types"], { cwd: example });
  }, 120_000);

  test("passes its own tests, the conformance suite among them", async () => {
    const { stdout } = await run("npm", ["test"], { cwd: example });
    expect(stdout).toMatch(/^# fail 0$|ℹ fail 0$/m);
    expect(stdout).toMatch(/example\.worker\/limits\/held\/memory_bytes: .*/);
  }, 120_000);

  test("passes xrt-conformance as it is built", async () => {
    const args = ["--no", "--", "xrt-conformance", ".", "--fixtures", "test/fixtures.ts"];
    const { stdout } = await run("npx", args, { cwd: example });
    expect(stdout).toMatch(/\d+ passed, 0 failed, \d+ skipped\n$/);
  }, 120_000);

  test("depends on what is published, and installs into a project without its tools", () => {
    const lock = JSON.parse(readFileSync(join(consumer, "package-lock.json"), "utf8")) as {
      packages: object;
    };
    const installed = Object.keys(lock.packages).filter((path) => path !== "");
    const expected = ["@xrt/cli", "@xrt/contracts", name, "zod"].map((each) => `node_modules/${each}`);
    expect(installed.toSorted()).toEqual(expected.toSorted());
  });
});

interface Answer {
  readonly code: number;
  readonly result: Record<string, unknown>;
  readonly stdout: string;
}

/** What `xrt run --runner` answers to an invocation, and what the module wrote. */
async function xrtRun(id: string, module: string, fields: object): Promise<Answer> {
  writeFileSync(join(consumer, `${id}.mjs`), module);
  const invocation = {
    invocation_id: id,
    runtime_name: "worker",
    working_directory: consumer,
    command: [`${id}.mjs`, "you"],
    ...fields,
  };
  writeFileSync(join(consumer, `${id}.json`), JSON.stringify(invocation));
  const { code, stdout } = await xrt("run", "--runner", name, `${id}.json`);
  const written = readFileSync(join(consumer, ".xrt", id, "stdout.txt"), "utf8");
  return { code, result: JSON.parse(stdout) as Record<string, unknown>, stdout: written };
}

function xrt(...args: string[]): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    execFile(join(consumer, "node_modules/.bin/xrt"), args, { cwd: consumer }, (error, stdout) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout });
    });
  });
}

describe("the packed command line, told of it by --runner,", () => {
  const ofV02 = { schema_version: "0.2", runtime_kind: "example.worker" };
  const greet = 'console.log("hello", process.argv[2]);';
  const wait = `import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ reason }) => { console.log("asked:", reason); parentPort.close(); });
    console.log("begun");`;
  const grow = "const kept = []; for (;;) kept.push(Array.from({ length: 1000 }, (_, at) => ({ at })));";

  test("lists its kind, its name and its version", async () => {
    const { code, stdout } = await xrt("runners", "--runner", name);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^example\.worker +example-xrt-runner-worker 0\.1\.0$/m);
  });

  test("runs an invocation of v0.2 that names its kind", async () => {
    const { code, result, stdout } = await xrtRun("greet", greet, ofV02);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "hello you\n" });
    expect(result).toMatchObject({ ...ofV02, status: "succeeded", exit_code: 0 });
  });

  test("runs one of v0.1 that has the kind in its metadata", async () => {
    const metadata = { "xrt.runtime_kind": "example.worker" };
    const { code, result, stdout } = await xrtRun("old", greet, { runtime_kind: "unknown", metadata });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "hello you\n" });
    expect(result).toMatchObject({ schema_version: "0.1", runtime_kind: "unknown", metadata });
  });

  test("stops it at the deadline", async () => {
    const { code, result, stdout } = await xrtRun("wait", wait, { ...ofV02, timeout_seconds: 3 });
    expect({ code, stdout }).toEqual({ code: 124, stdout: "begun\nasked: TimeoutError\n" });
    expect(result).toMatchObject({ status: "timed_out" });
  });

  test("holds it to a limit of memory", async () => {
    const limits = { memory_bytes: 64 * 1024 * 1024 };
    const { code, result } = await xrtRun("grow", grow, { ...ofV02, limits });
    expect(code).toBe(1);
    expect(result).toMatchObject({ status: "failed", error: { code: "limit_exceeded" } });
  });

  test("knows nothing of it when it is not told", async () => {
    const { code, stdout } = await xrt("run", "greet.json");
    expect(code).toBe(125);
    expect(JSON.parse(stdout)).toMatchObject({ status: "rejected", error: { code: "no_runner" } });
  });
});

describe.each(testedNodes)("that package on Node %s", (version) => {
  test("passes the conformance suite", async () => {
    const node = await installNode(version, folder);
    const program = join("node_modules", "@xrt/conformance", "dist/main.js");
    const output = await runIn(example, node, [program, ".", "--fixtures", "test/fixtures.ts"]);
    expect(output).toMatch(/\d+ passed, 0 failed, \d+ skipped\n$/);
  }, 240_000);
});
