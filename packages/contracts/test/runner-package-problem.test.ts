import { expect, test } from "vitest";
import { createdRunnersProblem, runnerPackageProblem } from "../src/index.ts";

const create = () => ({});
const options = { "~standard": { version: 1, vendor: "acme", validate: () => ({}) } };

test.for([
  { kinds: ["acme.ssh"], create },
  { kinds: ["subprocess", "acme.ssh"], create, options },
])("a runner package is in order: %j", (value) => {
  expect(runnerPackageProblem(value)).toBeUndefined();
});

test.for([
  [undefined, "default export: expected a RunnerPackage, got nothing"],
  [create, "default export: expected a RunnerPackage, got a function"],
  [{ create }, "kinds: expected a list of runtime kinds, got nothing"],
  [{ kinds: [], create }, "kinds: expected a list of runtime kinds, got an empty array"],
  [{ kinds: ["ssh"], create }, 'got "ssh"'],
  [{ kinds: [undefined], create }, "got nothing"],
  [{ kinds: ["acme.ssh"] }, "create: expected a function, got nothing"],
  [{ kinds: ["acme.ssh"], create, options: {} }, "options: expected a Standard Schema"],
  [{ kinds: ["acme.ssh"], create, options: null }, "options: expected a Standard Schema"],
] as const)("of another value, %j, it is told what is wrong", ([value, part]) => {
  expect(runnerPackageProblem(value)).toContain(part);
});

test("`create` makes a runner for each kind, and no other", () => {
  const kinds = ["acme.ssh", "acme.scp"];
  expect(createdRunnersProblem({ kinds }, { "acme.scp": {}, "acme.ssh": {} })).toBeUndefined();
  const told = "create() made runners for acme.ssh, and kinds has acme.ssh, acme.scp";
  expect(createdRunnersProblem({ kinds }, { "acme.ssh": {} })).toBe(told);
  expect(createdRunnersProblem({ kinds }, undefined)).toContain("made runners for nothing");
});
