import { execFile, type ExecFileOptions } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesOf, publicPackages, repository, type Manifest } from "./workspace.ts";

const inTemplate = (file: string): boolean => file.startsWith("template/");

const run = promisify(execFile);
const tarballs = mkdtempSync(join(tmpdir(), "xrt-tarballs-"));
const consumer = mkdtempSync(join(tmpdir(), "xrt-consumer-"));

beforeAll(async () => {
  await Promise.all(
    publicPackages.map(async ({ folder }) => {
      await run("pnpm", ["pack", "--pack-destination", tarballs], { cwd: folder });
    }),
  );
}, 120_000);

afterAll(() => {
  for (const folder of [tarballs, consumer]) rmSync(folder, { recursive: true, force: true });
});

/** What `pnpm pack` calls the tarball of `@xrt/core` 0.1.0. */
function tarballOf({ name, version }: Manifest): string {
  return join(tarballs, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
}

describe.each(publicPackages)("the tarball of $name", (subject) => {
  const { manifest } = subject;
  let files: string[];
  let published: Manifest;

  beforeAll(async () => {
    const { stdout } = await run("tar", ["-tzf", tarballOf(manifest)]);
    files = stdout
      .trimEnd()
      .split("\n")
      .map((file) => file.replace(/^package\//, ""));
    const extracted = await run("tar", ["-xzOf", tarballOf(manifest), "package/package.json"]);
    published = JSON.parse(extracted.stdout) as Manifest;
  });

  test("has what a user needs and nothing else", () => {
    expect(files).toEqual(expect.arrayContaining(["package.json", "README.md", "LICENSE"]));
    const allowed =
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/.*\.(js|js\.map|d\.ts)|dist\/[A-Z-]+\.txt|schemas\/.*\.json)$/;
    // A template is a package within a package.
    const own = files.filter((file) => !file.startsWith("template/"));
    expect(own.filter((file) => !allowed.test(file))).toEqual([]);
    expect(own.filter((file) => /(^|\/)(test|tests|src|scripts|node_modules)\//.test(file))).toEqual([]);
    expect(new Set(files.filter(inTemplate))).toEqual(new Set(filesOf(subject).filter(inTemplate)));
  });

  test("has every file that its exports and commands name", () => {
    const targets = [...Object.values(published.exports ?? {}), published.bin ?? {}].flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    expect(targets.length).toBeGreaterThan(0);
    const missing = targets.filter(
      (target) => !target.includes("*") && !files.includes(target.replace("./", "")),
    );
    expect(missing).toEqual([]);
    expect(targets.filter((target) => target.includes("/src/"))).toEqual([]);
  });

  test("has source maps that carry their sources, since src is not there", async () => {
    for (const file of files.filter((name) => name.endsWith(".map"))) {
      const { stdout } = await run("tar", ["-xzOf", tarballOf(manifest), `package/${file}`]);
      expect(JSON.parse(stdout), file).toHaveProperty("sourcesContent");
    }
  });

  test("asks for the others of ours by a range of versions", () => {
    const ranges = Object.entries(published.dependencies ?? {}).filter(([name]) => name.startsWith("@xrt/"));
    for (const [name, range] of ranges) expect(`${name} ${range}`).toMatch(/ \^\d+\.\d+\.\d+$/);
  });
});

describe("in an empty folder with the tarballs installed", () => {
  beforeAll(async () => {
    const ours = Object.fromEntries(
      publicPackages.map(({ manifest }) => [manifest.name, `file:${tarballOf(manifest)}`]),
    );
    const manifest = { name: "consumer", private: true, type: "module", dependencies: ours, overrides: ours };
    writeFileSync(join(consumer, "package.json"), JSON.stringify(manifest));
    await inConsumer("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]);
  }, 240_000);

  test("the runtime runs a real process", async () => {
    writeFileSync(
      join(consumer, "run.js"),
      `import { readOutput, ExecutorRuntime } from "@xrt/core";
       import { createInvocation } from "@xrt/contracts/v0.1";
       import { SubprocessRunner } from "@xrt/runner-subprocess";
       await using runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });
       const result = await runtime.run(createInvocation({ runtime_kind: "subprocess", command: ["echo", "hi"] }));
       const { text } = await readOutput(result);
       console.log(JSON.stringify({ status: result.status, exitCode: result.exit_code, text }));`,
    );
    const { stdout } = await inConsumer(process.execPath, ["run.js"]);
    expect(JSON.parse(stdout)).toEqual({ status: "succeeded", exitCode: 0, text: "hi\n" });
  });

  test("the command line runs one too", async () => {
    const { stdout } = await inConsumer("npx", ["--no", "xrt", "exec", "echo", "hi"]);
    expect(stdout).toBe("hi\n");
  });

  test("every export can be imported, and none is left out of the types", async () => {
    const addresses = publicPackages.flatMap(({ manifest: { name, exports } }) =>
      Object.keys(exports ?? {})
        .filter((path) => !path.includes("*") && !path.endsWith(".json"))
        .map((path) => name + path.slice(1)),
    );
    expect(addresses.length).toBeGreaterThan(0);
    const source = addresses.map(
      (address, at) => `import * as m${at} from "${address}";\nconsole.log(m${at});\n`,
    );
    writeFileSync(join(consumer, "all.ts"), source.join(""));
    await inConsumer(process.execPath, ["all.ts"]);

    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--types", "node"];
    const typeRoots = ["--typeRoots", join(repository, "node_modules/@types")];
    await inConsumer("tsc", [...options, "--lib", "es2024,esnext.disposable", ...typeRoots, "all.ts"]);
  });

  test("one copy of each of ours is there", () => {
    const lock = JSON.parse(readFileSync(join(consumer, "package-lock.json"), "utf8")) as {
      packages: object;
    };
    const copies = Object.keys(lock.packages).filter((path) => path.includes("@xrt/"));
    expect(copies.toSorted()).toEqual(publicPackages.map(({ name }) => `node_modules/${name}`).toSorted());
  });
});

async function inConsumer(
  program: string,
  args: string[],
  options: ExecFileOptions = {},
): Promise<{ stdout: string }> {
  const { stdout } = await run(program, args, { ...options, cwd: consumer, encoding: "utf8" });
  return { stdout };
}
