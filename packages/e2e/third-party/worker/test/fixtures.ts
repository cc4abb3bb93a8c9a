import { fileURLToPath } from "node:url";
import { definePackageFixtures } from "@xrt/conformance";

export function moduleOf(name: string): string {
  return fileURLToPath(new URL(`modules/${name}.mjs`, import.meta.url));
}

export default definePackageFixtures({
  "example.worker": {
    succeeds: { command: [moduleOf("greet"), "you"] },
    fails: { command: [moduleOf("fail")], code: "exit_status" },
    rejects: { command: ["no-such-module.js"], code: "command_not_found" },
    runsUntilStopped: { command: [moduleOf("wait")] },
    ignoresStop: { command: [moduleOf("deaf")] },
    writesOutput: {
      command: [moduleOf("write")],
      stdout: Buffer.from("one\xfftwo", "latin1"),
      stderr: "three",
    },
    readsInput: { command: [moduleOf("upper")], input: "some input\n", stdout: "SOME INPUT\n" },
    leavesArtifact: { command: [moduleOf("leave")], name: "report.txt", content: "kept" },
    badMetadata: [{ "example.worker.data": "{" }],
    exceeds: {
      "limits.memory_bytes": { command: [moduleOf("grow")], limits: { memory_bytes: 64 * 1024 * 1024 } },
    },
  },
});
