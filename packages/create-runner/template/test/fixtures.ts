import { definePackageFixtures } from "@xrt/conformance";

/** How invocations are made that do what the conformance suite asks for. What is left out is skipped, and told. */
export default definePackageFixtures({
  "acme.echo": {
    succeeds: { command: ["hello"] },
    fails: { command: ["hello"], metadata: { "acme.echo.exit_code": "3" }, code: "exit_status" },
    rejects: { command: [""], code: "acme.echo.no_words" },
    runsUntilStopped: { command: ["hello"], metadata: { "acme.echo.interval_ms": "600000" } },
    writesOutput: {
      command: ["hello", "there"],
      metadata: { "acme.echo.times": "2" },
      stdout: "hello there\nhello there\n",
      stderr: "",
    },
    badMetadata: [{ "acme.echo.times": "0" }, { "acme.echo.interval_ms": "soon" }],
  },
});
