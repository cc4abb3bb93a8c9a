import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "./package/package-folder.ts";
import { soundPackage } from "./package/sound-package.ts";

const index = soundPackage["index.js"] ?? "";
/** It writes something else than it was told to. */
const mute = { ...soundPackage, "index.js": index.replace("command.join", "command.slice(1).join") };

test("it reports every case, the skipped ones with the reason, and exits with 0 when all that was tested holds", () => {
  using folder = makeFolder(soundPackage);
  const { status, stdout, stderr } = folder.conformance(".", "--fixtures", "fixtures.js");
  expect(stderr).toBe("");
  expect(stdout).toContain("acme-xrt-runner-echo 1.2.3\n");
  expect(stdout).toContain(
    "ok    acme.echo/data/output: output is kept byte for byte, and all of it is in the file when the run is over\n",
  );
  expect(stdout).toMatch(/skip {2}acme\.echo\/closes\/unused: .*\n {6}the runner declares no close\n/);
  expect(stdout).toMatch(/skip {2}acme\.echo\/ends\/failed: .*\n {6}no fixture is given for fails\n/);
  expect(stdout).toMatch(/\n\n\d+ passed, 0 failed, \d+ skipped\n$/);
  expect(status).toBe(0);
});

test("a package is found by its name where it is installed", () => {
  const installed = Object.entries(soundPackage).map(([file, text]) => [
    `node_modules/acme-xrt-runner-echo/${file}`,
    text,
  ]);
  using folder = makeFolder(Object.fromEntries(installed) as Record<string, string>);
  const { status, stdout } = folder.conformance("acme-xrt-runner-echo");
  expect(stdout).toContain("ok    package/manifest");
  expect(status).toBe(0);
});

test("a case that fails is told with the reason, and exits with 1", () => {
  using folder = makeFolder(mute);
  const { status, stdout } = folder.conformance(".", "--fixtures", "fixtures.js");
  expect(stdout).toMatch(
    /FAIL {2}acme\.echo\/data\/output: .*\n {6}stdout: expected 11 bytes "hello there", got 5 bytes "there"\n/,
  );
  expect(status).toBe(1);
});

test("an expected failure is no failure, and one that passes is", () => {
  using folder = makeFolder(mute);
  folder.write(
    "expected.txt",
    "# not yet\nacme.echo/data/output\nacme.echo/repeats/fifty-at-once # neither\n",
  );
  const args = [".", "--fixtures", "fixtures.js", "--expected-failures", "expected.txt"];
  const first = folder.conformance(...args);
  expect(first.stdout).toMatch(/, 0 failed, \d+ skipped, 2 failed as expected\n$/);
  expect(first.status).toBe(0);

  folder.write("index.js", index);
  const second = folder.conformance(...args);
  expect(second.stdout).toMatch(
    /FAIL {2}acme\.echo\/data\/output: .*\n {6}it is listed as an expected failure, and passes/,
  );
  expect(second.status).toBe(1);
});

test.for([
  [
    "acme.echo/data/outputs",
    'no case has the id "acme.echo/data/outputs", did you mean "acme.echo/data/output"?',
  ],
  ["acme.echo/closes/used", '"acme.echo/closes/used" is skipped (the runner declares no close)'],
])("an expected failure that excuses nothing is refused: %s", ([id, part]) => {
  using folder = makeFolder(soundPackage);
  folder.write("expected.txt", id ?? "");
  const { status, stderr } = folder.conformance(".", "--expected-failures", "expected.txt");
  expect(stderr).toContain(part);
  expect(status).toBe(2);
});

test("--json and --junit say the same for programs", () => {
  using folder = makeFolder(mute);
  const { status, stdout } = folder.conformance(
    ".",
    "--fixtures",
    "fixtures.js",
    "--json",
    "--junit",
    "report.xml",
  );
  const report = JSON.parse(stdout) as {
    ok: boolean;
    cases: { id: string; status: string; reason: string | null }[];
  };
  const { id: _, ...failed } = report.cases.find(({ status }) => status === "failed") ?? { id: "" };
  expect(report).toMatchObject({ package: "acme-xrt-runner-echo", version: "1.2.3", ok: false });
  expect(failed).toMatchObject({
    status: "failed",
    reason: 'stdout: expected 11 bytes "hello there", got 5 bytes "there"',
  });

  const xml = readFileSync(join(folder.path, "report.xml"), "utf8");
  expect(xml).toContain(
    `tests="${report.cases.length}" failures="${report.cases.filter((each) => each.status === "failed").length}"`,
  );
  expect(xml).toContain('<failure message="stdout: expected 11 bytes &quot;hello there&quot;');
  expect(status).toBe(1);
});

test("options that the package refuses are told by the case that makes its runners", () => {
  using folder = makeFolder(soundPackage);
  const { status, stdout } = folder.conformance(".", "--options", '{"lod":true}');
  expect(stdout).toMatch(/FAIL {2}package\/creates: .*\n {6}create\(\) failed: .*lod: unknown option\n/);
  expect(status).toBe(1);
});

test.for([
  [[], "name the package"],
  [["no-such-package"], 'no package "no-such-package" is installed here'],
  [[".", "more"], '"more" is one too many'],
  [[".", "--fixture", "x"], "--fixture"],
  [[".", "--options", "{"], "--options: expected JSON"],
  [[".", "--patience", "soon"], "--patience: expected a whole number of milliseconds"],
  [[".", "--fixtures", "none.js"], "--fixtures: none.js cannot be imported"],
  [[".", "--expected-failures", "none.txt"], "the expected failures cannot be read"],
] as const)("it exits with 2 and a sentence when it is called with %j", ([args, part]) => {
  using folder = makeFolder(soundPackage);
  const { status, stdout, stderr } = folder.conformance(...args);
  expect(stderr).toMatch(/^xrt-conformance: /);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain(part);
  expect(stdout).toBe("");
  expect(status).toBe(2);
});

test("a package that is not built says so", () => {
  const { "index.js": _, ...rest } = soundPackage;
  using folder = makeFolder(rest);
  const { status, stderr } = folder.conformance(".");
  expect(stderr).toMatch(/index\.js, which .*package\.json exports, is not there; build the package\n$/);
  expect(status).toBe(2);
});

test("--help shows what there is", () => {
  using folder = makeFolder({});
  const { status, stdout } = folder.conformance("--help");
  expect(stdout).toContain("--expected-failures FILE");
  expect(status).toBe(0);
});
