import { createInvocation } from "@xrt/contracts/v0.2";

const { schema_version, runtime_kind, timeout_seconds, limits } = createInvocation({
  runtime_kind: "acme.ssh",
  command: ["make", "test"],
  timeout_seconds: 0.5,
  limits: { output_bytes: 1_000_000, idle_seconds: 60 },
});

console.log(schema_version, runtime_kind, timeout_seconds, limits);
