import { createInvocation } from "@xrt/contracts/v0.1";

const invocation = createInvocation({
  invocation_id: "build-17",
  runtime_kind: "subprocess",
  command: ["make", "test"],
  timeout_seconds: 600,
});

console.log(JSON.stringify(invocation, null, 2));
