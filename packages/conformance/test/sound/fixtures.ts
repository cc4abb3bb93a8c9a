import { defineFixtures } from "../../src/index.ts";

/** Marks what these fixtures start, so that what a broken runner leaves can be found. */
export const mark = `${process.pid}-${Date.now()}`;

const environment = { XRT_SOUND: mark };

const sh = (script: string): string[] => ["/bin/sh", "-c", script];

export const fixtures = defineFixtures({
  succeeds: { environment, command: sh("sleep 60 &"), metadata: { "sound.word": "hello" } },
  fails: { command: sh("exit 3"), code: "exit_status" },
  rejects: { command: ["/no/such/program"], code: "command_not_found" },
  runsUntilStopped: { environment, command: sh("echo; sleep 600") },
  ignoresStop: { environment, command: sh("trap '' TERM; echo; sleep 600 & sleep 600 & wait; wait; wait") },
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
    "limits.cpu_seconds": { environment, command: sh("while :; do :; done"), limits: { cpu_seconds: 1 } },
  },
});
