import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInvocation } from "@xrt/contracts/v0.1";
import { asyncHttpMetadata } from "@xrt/runner-http/metadata";

// A service of your own: it accepts a run, works on it, and tells its state when asked.
let polls = 0;
const service = createServer((request, response) => {
  request.resume();
  console.log("asked:", request.method, request.url);
  if (request.url === "/runs") {
    response.writeHead(202).end('{"run_id":"r-17"}');
    return;
  }
  polls += 1;
  response.end(polls < 3 ? '{"status":"running"}' : '{"status":"completed","output":{"text":"42"}}');
});
service.listen(0, "127.0.0.1", () => {
  const { port } = service.address() as AddressInfo;
  const invocation = createInvocation({
    invocation_id: "answer-1",
    runtime_kind: "http_async",
    command: ["answer"],
    timeout_seconds: 600,
    metadata: asyncHttpMetadata({
      url: `http://127.0.0.1:${port}/runs`,
      body: { question: "life" },
      pollUrl: "/runs/{run_id}",
      runIdPath: "run_id",
      statusPath: "status",
      terminalStates: ["completed", "failed", "cancelled"],
      pollIntervalSeconds: 0.1,
      cancelUrl: "/runs/{run_id}/cancel",
      resultPath: "output.text",
    }),
  });
  const xrt = execFile("xrt", ["run", "-"], (_error, stdout) => {
    const result = JSON.parse(stdout) as Record<string, unknown>;
    const { status, exit_code, metadata } = result;
    console.log({ status, exit_code, metadata });
    service.close();
  });
  xrt.stdin?.end(JSON.stringify(invocation));
});
