import { expect, test } from "vitest";
import {
  runnerManifestDisagreement,
  runnerManifestProblem,
  type RunnerManifest,
  type RuntimeRunner,
} from "../src/index.ts";

const manifest: RunnerManifest = {
  interfaceVersion: "1.0",
  kinds: ["acme.ssh"],
  supports: ["limits.cpu_seconds"],
};

const runner: RuntimeRunner = {
  interfaceVersion: "1.0",
  supports: ["limits.cpu_seconds"],
  run: () => Promise.resolve({ status: "succeeded" }),
};

test("a manifest that says what the objects say is in order", () => {
  expect(runnerManifestProblem(manifest)).toBeUndefined();
  expect(runnerManifestDisagreement(manifest, manifest, { "acme.ssh": runner })).toBeUndefined();
});

test("`supports` may be left out where nothing is supported", () => {
  const { interfaceVersion, kinds } = manifest;
  const { supports: _, ...bare } = runner;
  expect(runnerManifestProblem({ interfaceVersion, kinds })).toBeUndefined();
  expect(
    runnerManifestDisagreement({ interfaceVersion, kinds }, { kinds }, { "acme.ssh": bare }),
  ).toBeUndefined();
});

test.for([
  [undefined, "expected an object with interfaceVersion, kinds, supports, got nothing"],
  [[], "got an empty array"],
  [{ ...manifest, kind: "acme.ssh" }, 'unknown key "kind"'],
  [
    { ...manifest, interfaceVersion: 1 },
    '"xrt.interfaceVersion" in package.json: expected a version such as "1.0", got 1',
  ],
  [{ ...manifest, kinds: [] }, '"xrt.kinds" in package.json'],
  [{ ...manifest, kinds: [""] }, '"xrt.kinds" in package.json'],
  [
    { ...manifest, supports: "all" },
    '"xrt.supports" in package.json: expected a list of wire paths, got "all"',
  ],
] as const)("of %j it is told what is wrong", ([field, part]) => {
  expect(runnerManifestProblem(field)).toContain(part);
});

test.for([
  [
    { kinds: ["acme.ssh", "acme.scp"] },
    '"acme.ssh", "acme.scp", and the package\'s default export "acme.ssh"',
  ],
  [{ interfaceVersion: "1.1" }, 'is "1.1", and that of its runner for "acme.ssh" "1.0"'],
  [{ supports: [] }, 'has nothing, and its runners support "limits.cpu_seconds"'],
  [
    { supports: ["limits.processes"] },
    'has "limits.processes", and its runners support "limits.cpu_seconds"',
  ],
] as const)("where it says %j and the objects something else, both are named", ([fields, part]) => {
  const told = runnerManifestDisagreement({ ...manifest, ...fields }, manifest, {
    "acme.ssh": runner,
  });
  expect(told).toContain(part);
});
