import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInvocation } from "@xrt/contracts/v0.1";
import { httpMetadata } from "@xrt/runner-http/metadata";

// A service of your own.
const service = createServer((request, response) => {
  request.resume();
  response.setHeader("content-type", "application/json");
  response.end('{"greeting":"hello"}');
});
service.listen(0, "127.0.0.1", () => {
  const { port } = service.address() as AddressInfo;
  const invocation = createInvocation({
    invocation_id: "greet-1",
    runtime_kind: "http",
    command: ["greet"],
    timeout_seconds: 30,
    metadata: httpMetadata({ url: `http://127.0.0.1:${port}/greet`, body: { name: "you" } }),
  });
  const xrt = execFile("xrt", ["run", "-"], (_error, stdout) => {
    const result = JSON.parse(stdout) as Record<string, unknown>;
    const { status, exit_code, stdout_path, metadata } = result;
    console.log({ status, exit_code, stdout_path, metadata });
    service.close();
  });
  xrt.stdin?.end(JSON.stringify(invocation));
});
