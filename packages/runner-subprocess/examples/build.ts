import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime, readOutput } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";

const runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });

const result = await runtime.run(
  createInvocation({
    runtime_kind: "subprocess",
    command: [
      "sh",
      "-c",
      'echo "building $TARGET"; mkdir dist; echo done > dist/app.txt; sleep 1000 & exit 3',
    ],
    environment: { TARGET: "app" },
    timeout_seconds: 600,
    metadata: { "subprocess.artifact_globs": '["dist/**"]' },
  }),
);

console.log(result.status, result.exit_code);
console.log((await readOutput(result)).text.trim());
console.log(result.artifacts.map(({ artifact_id }) => artifact_id));
console.log("leftovers killed:", result.metadata["subprocess.leftovers_killed"]);
await runtime.close();
