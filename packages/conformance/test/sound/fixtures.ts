import { defineFixtures } from "../../src/index.ts";

const sh = (script: string): string[] => ["/bin/sh", "-c", script];

export const fixtures = defineFixtures({
  succeeds: { command: sh("true"), metadata: { "sound.word": "hello" } },
  fails: { command: sh("exit 3"), code: "exit_status" },
  rejects: { command: ["/no/such/program"], code: "command_not_found" },
  runsUntilStopped: { command: sh("sleep 600") },
  ignoresStop: { command: sh("trap '' TERM; sleep 600 & sleep 600 & wait; wait; wait") },
  writesOutput: {
    command: sh("printf 'one\\377two'; printf three >&2"),
    stdout: Buffer.from("one\xfftwo", "latin1"),
    stderr: "three",
  },
  readsInput: { command: sh("tr a-z A-Z"), input: "some input\n", stdout: "SOME INPUT\n" },
  leavesArtifact: {
    command: sh('printf kept > "$ARTIFACTS/report.txt"'),
    name: "report.txt",
    content: "kept",
  },
  badMetadata: [{ "sound.word": "" }],
  recovers: { command: sh("exec sleep 0.2") },
  exceeds: {
    "limits.cpu_seconds": { command: sh("while :; do :; done"), limits: { cpu_seconds: 1 } },
  },
});
