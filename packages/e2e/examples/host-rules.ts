import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, readOutput } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";

const runtime = new ExecutorRuntime({
  runners: { subprocess: new SubprocessRunner({ inheritEnvironment: ["PATH"] }) },
  runsDirectory: "runs",
  maxTimeoutSeconds: 3600,
  policy: ({ command }) => (command[0] === "sudo" ? "sudo is not allowed here" : undefined),
});

const invocation = createInvocation({
  runtime_kind: "subprocess",
  command: ["sh", "-c", 'cat; echo "$TOKEN"'],
});
const result = await runtime.run(invocation, {
  input: "from the caller\n",
  secretEnvironment: { TOKEN: "s3cret-t0ken" },
});
// What a program prints itself is kept as it is; what XRT writes has no secret in it.
console.log((await readOutput(result)).text);

const refused = await runtime.run({ ...invocation, command: ["sudo", "reboot"] });
console.log(refused.status, refused.error_summary);
await runtime.close();
