import { isXrtError } from "@xrt/contracts";
import { parseInvocation } from "@xrt/contracts/v0.1";

try {
  parseInvocation({
    invocation_id: "build-17",
    runtime_kind: "docker",
    working_directory: "/srv/app",
    command: [],
    timeout_second: 600,
  });
} catch (error) {
  if (!isXrtError(error)) throw error;
  for (const { path, message } of error.issues ?? []) {
    console.log(`${path.join(".")}\n  ${message}`);
  }
}
