import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { httpRunners } from "@xrt/runner-http";
import { httpMetadata } from "@xrt/runner-http/metadata";

const service = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end("data: one\n\ndata: two\n\nevent: done\ndata: three\n\n");
}).listen(0, "127.0.0.1");
await new Promise((resolve) => {
  service.once("listening", resolve);
});
const { port } = service.address() as AddressInfo;

await using runtime = new ExecutorRuntime({ runners: { ...httpRunners() } });
const run = runtime.start(
  createInvocation({
    runtime_kind: "http",
    command: ["listen"],
    metadata: httpMetadata({
      url: `http://127.0.0.1:${port}`,
      bearer: "env:SERVICE_TOKEN",
      events: { terminalEvents: ["done", "error"], idleSeconds: 30 },
    }),
  }),
  { secretEnvironment: { SERVICE_TOKEN: "kept out of every record" } },
);
for await (const event of run.events) if (event.type === "http.events") console.log(event.data);
const { status, metadata } = await run.result;
console.log(status, metadata["http.events"]);
service.close();
