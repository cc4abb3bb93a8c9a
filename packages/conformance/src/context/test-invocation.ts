import type { Invocation } from "@xrt/contracts";
import { deepFreeze } from "./deep-freeze.ts";

let made = 0;

/** An invocation as core hands it to a runner, deeply frozen; what is left out is filled in. Paths are taken as they are. */
export function createTestInvocation(fields: Partial<Invocation> = {}): Invocation {
  made += 1;
  const command = fields.command ?? ["test"];
  return deepFreeze({
    invocation_id: `test-${process.pid}-${made}`,
    runtime_name: "test",
    runtime_kind: "unknown",
    working_directory: process.cwd(),
    environment: {},
    timeout_seconds: null,
    input_payload_path: null,
    output_result_path: null,
    artifact_directory: null,
    metadata: {},
    limits: null,
    ...structuredClone(fields),
    command: [...command],
  });
}
