import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { invocation, test, type Sandbox } from "../sandbox.ts";
import { writePackage } from "./acme-package.ts";

const name = "acme-xrt-runner-echo";
const acme = invocation({ schema_version: "0.2", runtime_kind: "acme.echo", command: ["there"] });

/** What the runner wrote; the xrt, its result and its words must all be in order. */
async function said(
  sandbox: Sandbox,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const ended = await sandbox.xrt(["run", ...args, "--dir", sandbox.path("runs"), "-"], {
    ...options,
    input: acme,
  });
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  const result = JSON.parse(ended.stdout);
  expect(result).toMatchObject({ status: "succeeded", runtime_kind: "acme.echo", schema_version: "0.2" });
  return sandbox.read(result.stdout_path.slice(sandbox.folder.length + 1));
}

describe("--runner", () => {
  test("finds a name in node_modules of the current directory, and above", async ({ sandbox }) => {
    writePackage(sandbox.path(`node_modules/${name}`));
    expect(await said(sandbox, ["--runner", name])).toBe("hello there\n");
    const cwd = sandbox.path("below/deep");
    mkdirSync(cwd, { recursive: true });
    expect(await said(sandbox, ["--runner", name], { cwd })).toBe("hello there\n");
  });

  test("finds a name with a scope", async ({ sandbox }) => {
    writePackage(sandbox.path("node_modules/@acme/echo"), { manifest: { name: "@acme/echo" } });
    expect(await said(sandbox, ["--runner", "@acme/echo"])).toBe("hello there\n");
  });

  test("takes the path of a folder, absolute or from the current directory", async ({ sandbox }) => {
    writePackage(sandbox.path("mine"));
    expect(await said(sandbox, ["--runner", "./mine"])).toBe("hello there\n");
    expect(await said(sandbox, ["--runner", sandbox.path("mine")])).toBe("hello there\n");
  });

  test("may be repeated", async ({ sandbox }) => {
    writePackage(sandbox.path("one"));
    writePackage(sandbox.path("two"), {
      manifest: { name: "two", xrt: { interfaceVersion: "1.0", kinds: ["acme.two"] } },
      index: `const run = async () => ({ status: "succeeded" });
        export default { kinds: ["acme.two"], create: () => ({ "acme.two": { interfaceVersion: "1.0", run } }) };`,
    });
    expect(await said(sandbox, ["--runner", "./two", "--runner", "./one"])).toBe("hello there\n");
  });
});

describe("a configuration", () => {
  const config = JSON.stringify({ runners: [{ package: name, options: { greeting: "good day" } }] });

  test("names packages with their options, found from its own folder", async ({ sandbox }) => {
    writePackage(sandbox.path(`etc/node_modules/${name}`));
    sandbox.write("etc/xrt.json", config);
    expect(await said(sandbox, ["--config", "etc/xrt.json"])).toBe("good day there\n");
    expect(await said(sandbox, [], { env: { XRT_CONFIG: sandbox.path("etc/xrt.json") } })).toBe(
      "good day there\n",
    );
  });

  test("resolves relative folders from its own", async ({ sandbox }) => {
    writePackage(sandbox.path("etc/mine"));
    sandbox.write("etc/xrt.json", JSON.stringify({ runners: [{ package: "./mine" }] }));
    expect(await said(sandbox, ["--config", "etc/xrt.json"], {})).toBe("hello there\n");
  });

  test("that --config names counts, and not that of XRT_CONFIG", async ({ sandbox }) => {
    writePackage(sandbox.path(`node_modules/${name}`));
    sandbox.write("xrt.json", config);
    expect(await said(sandbox, ["--config", "xrt.json"], { env: { XRT_CONFIG: "/no/such/file" } })).toBe(
      "good day there\n",
    );
  });

  test("may be named and be empty, and an empty XRT_CONFIG names none", async ({ sandbox }) => {
    sandbox.write("xrt.json", "{}");
    for (const [args, env] of [
      [["--config", "xrt.json"], {}],
      [[], { XRT_CONFIG: "" }],
    ] as const) {
      const ended = await sandbox.xrt(["run", ...args, "-"], { env, input: invocation() });
      expect(ended).toMatchObject({ status: 0, stderr: "" });
    }
  });
});

describe("what nobody named", () => {
  test("is not looked for in the current directory, in .xrt or in package.json", async ({ sandbox }) => {
    // Loading it would leave a file.
    const index = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(sandbox.path("loaded"))}, "");`;
    writePackage(sandbox.path(`node_modules/${name}`), { index });
    const runners = [{ package: name }, { package: `./node_modules/${name}` }];
    const text = JSON.stringify({ runners });
    for (const folder of [".", ".xrt", ".config", "home", "home/.config", "home/.xrt"]) {
      mkdirSync(sandbox.path(folder), { recursive: true });
      for (const file of ["xrt.json", "config.json", ".xrtrc", ".xrtrc.json", "xrt.config.json"]) {
        sandbox.write(join(folder, file), text);
      }
    }
    sandbox.write(
      "package.json",
      JSON.stringify({ xrt: { runners }, runners, dependencies: { [name]: "*" } }),
    );
    sandbox.write(".env", `XRT_CONFIG=${sandbox.path("xrt.json")}\n`);
    for (const args of [["run", "-"], ["validate", "-"], ["recover", "."], ["runners"]]) {
      const { stdout } = await sandbox.xrt(args, { input: acme });
      expect(stdout).not.toContain("acme-xrt");
    }
    await expect(async () => sandbox.read("loaded")).rejects.toThrow("ENOENT");
  });

  test("does not take a name for itself by being the package of the current directory", async ({
    sandbox,
  }) => {
    writePackage(sandbox.folder);
    const { status, stderr } = await sandbox.xrt(["run", "--runner", name, "-"], { input: acme });
    expect(status).toBe(2);
    expect(stderr).toContain("no such package is installed");
  });
});
