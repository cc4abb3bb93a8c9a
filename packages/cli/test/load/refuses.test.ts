import { describe, expect } from "vitest";
import { invocation, test } from "../sandbox.ts";
import { acmeIndex, writePackage } from "./acme-package.ts";

const titled = "xrt run: --runner ./acme: acme-xrt-runner-echo 1.2.3: ";

const faults = [
  {
    fault: "has no xrt field",
    parts: { manifest: { xrt: undefined } },
    told: '"xrt" in package.json: expected an object with interfaceVersion, kinds, supports, got nothing',
  },
  {
    fault: "was written for another interface",
    parts: { manifest: { xrt: { interfaceVersion: "2.0", kinds: ["acme.echo"] } } },
    told: 'it was written for runner interface 2.0 ("xrt.interfaceVersion" in package.json), and this xrt serves 1.0; upgrade the older of the two',
  },
  {
    fault: "was written for a later minor version of the interface",
    parts: { manifest: { xrt: { interfaceVersion: "1.7", kinds: ["acme.echo"] } } },
    told: "it was written for runner interface 1.7 (",
  },
  {
    fault: "has a runner for another interface",
    parts: { index: acmeIndex.replace('interfaceVersion: "1.0"', 'interfaceVersion: "2.0"') },
    told: 'the runner for "acme.echo" was written for runner interface 2.0, and this runtime serves 1.0; upgrade the older of the two',
  },
  {
    fault: "says other kinds than its default export",
    parts: { manifest: { xrt: { interfaceVersion: "1.0", kinds: ["acme.ecko"] } } },
    told: '"xrt.kinds" in package.json has "acme.ecko", and the package\'s default export "acme.echo"',
  },
  {
    fault: "supports other fields than it says",
    parts: { manifest: { xrt: { interfaceVersion: "1.0", kinds: ["acme.echo"], supports: ["limits.a"] } } },
    told: '"xrt.supports" in package.json has "limits.a", and its runners support nothing',
  },
  {
    fault: "exports no default",
    parts: { index: acmeIndex.replace("export default", "export const runnerPackage =") },
    told: "default export: expected a RunnerPackage, got nothing",
  },
  {
    fault: "makes a runner for another kind",
    parts: { index: acmeIndex.replace('({ "acme.echo": makeRunner', '({ "acme.two": makeRunner') },
    told: "create() made runners for acme.two, and kinds has acme.echo",
  },
  {
    fault: "makes what is no runner",
    parts: { index: acmeIndex.replace("async run(", "async walk(") },
    told: 'what is registered for "acme.echo" is not a runner: expected a run() method',
  },
  {
    fault: "throws while it is loaded",
    parts: { index: 'throw new Error("no ssh\\nhere");' },
    told: "loading it failed: no ssh\\nhere",
  },
  {
    fault: "waits for ever while it is loaded",
    parts: { index: "await new Promise(() => undefined);" },
    told: "loading it waits for what never comes",
  },
  {
    fault: "throws while it makes its runners",
    parts: {
      index: acmeIndex.replace("create: (options) =>", 'create: (options) => { throw "no" }, of: () =>'),
    },
    told: "create() failed: no",
  },
  {
    fault: "never has its runners made",
    parts: {
      index: acmeIndex.replace("create: (options) =>", "create: () => new Promise(() => {}), of: () =>"),
    },
    told: "create() waits for what never comes",
  },
  {
    fault: "is not there, though package.json is",
    parts: { manifest: { exports: "./dist/index.js" } },
    told: "loading it failed: Cannot find module",
  },
  {
    fault: "has no entry",
    parts: { manifest: { exports: undefined } },
    told: 'package.json has neither "exports" nor "main", so that nothing can be imported',
  },
] as const;

describe("a package is refused in one sentence that names both sides, and nothing is run", () => {
  test.for(faults)("one that $fault", async ({ parts, told }, { sandbox }) => {
    writePackage(sandbox.path("acme"), parts);
    const input = invocation({ command: ["touch", "ran"] });
    const ended = await sandbox.xrt(["run", "--runner", "./acme", "-"], { input });
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toContain(titled + told);
    expect(ended.stderr).toMatch(/^[^\n]*\n$/);
    expect(() => sandbox.read(".xrt/test-1/result.json")).toThrow("ENOENT");
  });

  test("two that bring the same kind", async ({ sandbox }) => {
    writePackage(sandbox.path("one"));
    writePackage(sandbox.path("two"));
    const ended = await sandbox.xrt(["runners", "--runner", "./one", "--runner=./two"]);
    expect(ended).toEqual({
      status: 2,
      signal: null,
      stdout: "",
      stderr:
        'xrt runners: --runner ./one and --runner ./two both bring a runner for "acme.echo"; leave one of them out\n',
    });
  });

  test.for([
    ["acme-none", "no such package is installed in node_modules of "],
    ["./none", " is not the folder of a package: there is no package.json in it"],
    ["file:///none", "this is neither the name of a package nor a path that begins with ./, ../ or /"],
    ["acme-a/../../b", "this is neither the name of a package nor a path"],
    ["@xrt/runner-manual/..", "this is neither the name of a package nor a path"],
    ["", "this is neither the name of a package nor a path"],
  ] as const)("one that cannot be found: %j", async ([name, told], { sandbox }) => {
    for (const args of [["run", "-"], ["validate", "-"], ["recover", "."], ["runners"]]) {
      const [command = "", ...others] = args;
      const ended = await sandbox.xrt([command, "--runner", name, ...others], { input: invocation() });
      expect(ended).toMatchObject({ status: 2, stdout: "" });
      expect(ended.stderr).toContain(`xrt ${command}: --runner ${name}: `);
      expect(ended.stderr).toContain(told);
    }
  });
});

describe("a configuration is refused in one sentence", () => {
  test.for([
    ["[", "/xrt.json: line 1, column 2: not JSON"],
    ["[]", "/xrt.json: expected an object with runners, got an empty array"],
    ['{"runner":[]}', '/xrt.json: "runner": unknown key, did you mean "runners"? (known: runners)'],
    ['{"runners":{}}', "/xrt.json: runners: expected an array, got an object"],
    [
      '{"runners":["./acme"]}',
      '/xrt.json: runners.0: expected an object with package and options, got "./acme"',
    ],
    [
      '{"runners":[{"options":{}}]}',
      "/xrt.json: runners.0: package: expected the name or the folder of a package, got nothing",
    ],
    [
      '{"runners":[{"package":"./acme","option":{}}]}',
      '/xrt.json: runners.0: "option": unknown key, did you',
    ],
    ['{"runners":[{"package":"acme-none"}]}', "/xrt.json: runners.0 (acme-none): no such package"],
    [
      '{"runners":[{"package":"./acme","options":{"greting":"x"}}]}',
      "/xrt.json: runners.0 (./acme): acme-xrt-runner-echo 1.2.3: options: greting: unknown option",
    ],
  ] as const)("%s", async ([text, told], { sandbox }) => {
    writePackage(sandbox.path("acme"));
    sandbox.write("xrt.json", text);
    const named = [{ args: ["--config", "xrt.json"] }, { args: [], env: { XRT_CONFIG: "xrt.json" } }];
    for (const { args, ...options } of named) {
      const ended = await sandbox.xrt(["run", ...args, "-"], { ...options, input: invocation() });
      expect(ended).toMatchObject({ status: 2, stdout: "" });
      expect(ended.stderr).toContain(told);
      expect(ended.stderr).toMatch(/^[^\n]*\n$/);
    }
  });

  test("one that is not there", async ({ sandbox }) => {
    const { status, stderr } = await sandbox.xrt(["runners"], { env: { XRT_CONFIG: "/no/such.json" } });
    expect(status).toBe(2);
    expect(stderr).toContain("xrt runners: XRT_CONFIG: cannot read /no/such.json: ");
  });

  test("options for a package that takes none", async ({ sandbox }) => {
    writePackage(sandbox.path("acme"), { index: acmeIndex.replace("\n  options: {", "\n  opsions: {") });
    sandbox.write("xrt.json", '{"runners":[{"package":"./acme","options":{"greeting":"x"}}]}');
    const { status, stderr } = await sandbox.xrt(["runners", "--config", "xrt.json"]);
    expect(status).toBe(2);
    expect(stderr).toContain('it takes no options, and "greeting" is given; leave it out');
  });
});
