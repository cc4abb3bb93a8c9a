import { downInvocation, upInvocation } from "@xrt/contracts/codec";
import { createInvocation } from "@xrt/contracts/v0.2";

const later = createInvocation({
  runtime_kind: "acme.ssh",
  command: ["make"],
  timeout_seconds: 0.5,
  limits: { idle_seconds: 60 },
});
const earlier = downInvocation(later);

console.log(earlier.schema_version, earlier.runtime_kind, earlier.timeout_seconds, earlier.metadata);
console.log(upInvocation(earlier).limits);
