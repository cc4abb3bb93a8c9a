import { defineFixtures, packageConformance } from "@xrt/conformance";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import runnerPackage from "../src/index.ts";

const sh = (script: string): string[] => ["/bin/sh", "-c", script];

const fixtures = defineFixtures({
  succeeds: { command: sh("sleep 600 &") },
  fails: { command: sh("exit 3"), code: "exit_status" },
  rejects: { command: ["no-such-program-anywhere"], code: "command_not_found" },
  runsUntilStopped: { command: sh("sleep 600 & echo begun; wait") },
  ignoresStop: { command: sh("trap '' TERM; echo begun; while :; do sleep 1; done") },
  writesOutput: {
    command: sh("printf 'one\\377two'; printf three >&2"),
    stdout: Buffer.from("one\xfftwo", "latin1"),
    stderr: "three",
  },
  readsInput: { command: sh("tr a-z A-Z"), input: "some input\n", stdout: "SOME INPUT\n" },
  leavesArtifact: {
    command: sh('printf kept > "$XRT_ARTIFACT_DIR/report.txt"'),
    name: "report.txt",
    content: "kept",
  },
  // What is left of it is killed; how it would have ended nobody can tell.
  recovers: { command: sh("sleep 600"), status: "failed" },
  badMetadata: [
    { "subprocess.stop_signal": "SIGNOTHING" },
    { "subprocess.grace_ms": "soon" },
    { "subprocess.leftovers": "keep" },
  ],
});

const cases = await packageConformance({ runnerPackage, manifest, fixtures: { subprocess: fixtures } });

test("all is tested but what the runner does not declare", () => {
  const reasons = cases.flatMap(({ skip }) => (skip === false ? [] : [skip]));
  expect(new Set(reasons)).toEqual(
    new Set(["the runner declares no supports", "the runner supports no limits"]),
  );
});

for (const { id, requirement, skip, run } of cases) if (skip === false) test(`${id}: ${requirement}`, run);
