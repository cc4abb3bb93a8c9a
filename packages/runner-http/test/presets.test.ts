import { describe, expect, test } from "vitest";
import { json, serve, type TestServer } from "./servers.ts";
import { openWorkbench, until } from "./workbench.ts";

const lines = ({ received }: TestServer): string[] => received.map(({ method, url }) => `${method} ${url}`);
const parsed = (text: string | undefined): unknown => JSON.parse(text ?? "null");

const response = (status: string): object => ({ id: "resp_1", object: "response", status, error: null });

describe("openai-responses", () => {
  test("polls the response until it is completed", async () => {
    await using server = await serve((_request, out, index) => {
      json(out, 200, response(["queued", "in_progress", "completed"][index] ?? "completed"));
    });
    await using bench = await openWorkbench();
    const { result, stdout } = await bench.run("http_async", {
      preset: "openai-responses",
      url: `${server.url}/v1/responses`,
      body: '{"model":"m","input":"hi","background":true}',
      poll_interval_seconds: "0",
    });
    expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
    expect(parsed(stdout)).toMatchObject({ status: "completed" });
    expect(lines(server)).toEqual([
      "POST /v1/responses",
      "GET /v1/responses/resp_1",
      "GET /v1/responses/resp_1",
    ]);
  });

  test.each([
    ["incomplete", "failed"],
    ["cancelled", "cancelled"],
    ["failed", "failed"],
  ])("%s is %s", async (state, status) => {
    await using server = await serve((_request, out) =>
      json(out, 200, { ...response(state), error: { code: "x", message: "the reason" } }),
    );
    await using bench = await openWorkbench();
    const { result } = await bench.run("http_async", { preset: "openai-responses", url: server.url });
    expect(result.status).toBe(status);
    expect(result.error_summary).toContain(`"${state}": the reason`);
  });

  test("is cancelled by its own URL", async () => {
    await using server = await serve((request, out) =>
      json(out, 200, response(request.url.endsWith("/cancel") ? "cancelled" : "in_progress")),
    );
    await using bench = await openWorkbench();
    const run = bench.start("http_async", { preset: "openai-responses", url: `${server.url}/v1/responses` });
    await until("it is polled", () => server.received.length > 1);
    expect((await run.cancel()).status).toBe("cancelled");
    expect(lines(server)).toContain("POST /v1/responses/resp_1/cancel");
  });
});

describe("mcp-tasks", () => {
  test("polls by tasks/get and fetches by tasks/result, as JSON or as a stream of events", async () => {
    const answers: Record<string, object> = {
      "tools/call": { task: { taskId: "t-1", status: "working", pollInterval: 5 } },
      "tasks/get": { taskId: "t-1", status: "completed" },
      "tasks/result": { content: [{ type: "text", text: "done" }] },
    };
    await using server = await serve((request, out, index) => {
      const { id, method } = parsed(request.body) as { id: unknown; method: string };
      const message = { jsonrpc: "2.0", id, result: answers[method] };
      if (index % 2 === 0) json(out, 200, message);
      else
        out
          .writeHead(200, { "content-type": "text/event-stream" })
          .end(`: hello\n\nevent: message\ndata: ${JSON.stringify(message)}\n\n`);
    });
    await using bench = await openWorkbench();
    const { result, stdout } = await bench.run("http_async", {
      preset: "mcp-tasks",
      url: `${server.url}/mcp`,
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","task":{}}}',
      "header.mcp-session-id": "s",
      poll_interval_seconds: "0",
    });
    expect(result.status).toBe("succeeded");
    expect(parsed(stdout)).toMatchObject({ result: { content: [{ text: "done" }] } });
    expect(server.received.map(({ body }) => (parsed(body) as { method: string }).method)).toEqual([
      "tools/call",
      "tasks/get",
      "tasks/result",
    ]);
    expect(parsed(server.received[1]?.body)).toMatchObject({ params: { taskId: "t-1" } });
    for (const { headers } of server.received)
      expect(headers).toMatchObject({ "mcp-session-id": "s", accept: "application/json, text/event-stream" });
  });

  test("tells a task that wants input as failed, and a refusal by its message", async () => {
    await using server = await serve((request, out) => {
      const { method } = parsed(request.body) as { method: string };
      if (method === "refused")
        json(out, 200, { jsonrpc: "2.0", id: 1, error: { code: -32601, message: "no such tool" } });
      else if (method === "tools/call")
        json(out, 200, { result: { task: { taskId: "t", status: "working" } } });
      else json(out, 200, { result: { status: "input_required", statusMessage: "which file?" } });
    });
    await using bench = await openWorkbench();
    const run = async (method: string): Promise<string | null> =>
      (
        await bench.run("http_async", {
          preset: "mcp-tasks",
          url: server.url,
          body: JSON.stringify({ method }),
        })
      ).result.error_summary;
    expect(await run("tools/call")).toContain('"input_required": which file?');
    expect(await run("refused")).toMatch(/no field at path "result.task.taskId".*no such tool/);
  });
});

describe("a2a-tasks", () => {
  test("polls by tasks/get and cancels by tasks/cancel", async () => {
    await using server = await serve((request, out) => {
      const { method } = parsed(request.body) as { method: string };
      const state = method === "tasks/cancel" ? "canceled" : "working";
      json(out, 200, { jsonrpc: "2.0", id: 1, result: { id: "a-1", kind: "task", status: { state } } });
    });
    await using bench = await openWorkbench();
    const run = bench.start("http_async", {
      preset: "a2a-tasks",
      url: `${server.url}/a2a`,
      body: '{"jsonrpc":"2.0","id":1,"method":"message/send","params":{}}',
    });
    await until("it is polled", () => server.received.length > 1);
    await run.cancel();
    const bodies = server.received.map(({ body }) => parsed(body));
    expect(bodies[1]).toMatchObject({ method: "tasks/get", params: { id: "a-1" } });
    expect(bodies[2]).toMatchObject({ method: "tasks/cancel", params: { id: "a-1" } });
  });

  test.each([
    ["completed", "succeeded"],
    ["canceled", "cancelled"],
    ["rejected", "failed"],
  ])("%s at once is %s", async (state, status) => {
    await using server = await serve((_request, out) =>
      json(out, 200, { result: { id: "a", status: { state } } }),
    );
    await using bench = await openWorkbench();
    const { result } = await bench.run("http_async", { preset: "a2a-tasks", url: server.url });
    expect(result.status).toBe(status);
    expect(server.received).toHaveLength(1);
  });
});

describe("azure-operation", () => {
  test("polls where Operation-Location points, at the pace of Retry-After", async () => {
    await using server = await serve((request, out, index) => {
      if (request.method === "PUT")
        json(out, 201, { name: "vm" }, { "operation-location": `${server.url}/operations/7?api-version=1` });
      else json(out, 200, { status: index < 2 ? "Running" : "Succeeded" }, { "retry-after": "0" });
    });
    await using bench = await openWorkbench();
    const { result } = await bench.run("http_async", {
      preset: "azure-operation",
      url: `${server.url}/vm`,
      method: "PUT",
      body: "{}",
    });
    expect(result.status).toBe("succeeded");
    expect(lines(server)).toEqual([
      "PUT /vm",
      "GET /operations/7?api-version=1",
      "GET /operations/7?api-version=1",
    ]);
  });

  test("never polls at another origin than the one that was asked", async () => {
    await using other = await serve((_request, out) => json(out, 200, { status: "Succeeded" }));
    await using server = await serve((_request, out) =>
      json(out, 202, {}, { "operation-location": other.url }),
    );
    await using bench = await openWorkbench();
    const { result } = await bench.run("http_async", { preset: "azure-operation", url: server.url });
    expect(result.error_summary).toContain(`sends the polls to ${other.url}`);
    expect(other.received).toEqual([]);
    await using none = await serve((_request, out) => json(out, 202, {}));
    const missing = await bench.run("http_async", { preset: "azure-operation", url: none.url });
    expect(missing.result.error_summary).toContain('no URL in its header "operation-location"');
  });
});

describe("rfc7240", () => {
  test("polls Location while it answers 202; any other 2xx is the result", async () => {
    await using server = await serve((request, out, index) => {
      if (index < 3) out.writeHead(202, { location: "/status/1", "retry-after": "0" }).end();
      else if (request.url === "/status/1") out.writeHead(303, { location: "/result/1" }).end();
      else out.end("the result");
    });
    await using bench = await openWorkbench();
    const { result, stdout, http } = await bench.run("http_async", {
      preset: "rfc7240",
      url: `${server.url}/work`,
    });
    expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
    expect(stdout).toBe("the result");
    expect(http["remote_status"]).toBe("200");
    expect(lines(server)).toEqual([
      "POST /work",
      "GET /status/1",
      "GET /status/1",
      "GET /status/1",
      "GET /result/1",
    ]);
    expect(server.received[0]?.headers["prefer"]).toBe("respond-async");
  });

  test("takes a 200 at once as the result, and an error while polling as a failure", async () => {
    await using server = await serve((request, out) => {
      if (request.url === "/now") out.end("at once");
      else if (request.url === "/later") out.writeHead(202, { location: "/gone" }).end();
      else out.writeHead(410).end("gone");
    });
    await using bench = await openWorkbench();
    const now = await bench.run("http_async", { preset: "rfc7240", url: `${server.url}/now` });
    expect(now).toMatchObject({ stdout: "at once", result: { status: "succeeded" } });
    const later = await bench.run("http_async", { preset: "rfc7240", url: `${server.url}/later` });
    expect(later.result.error_summary).toContain("HTTP 410: gone");
  });
});

test("what the invocation sets itself comes before the preset", async () => {
  await using server = await serve((_request, out, index) =>
    json(out, 200, { id: "r", state: index === 0 ? "on" : "off" }),
  );
  await using bench = await openWorkbench();
  const { result } = await bench.run("http_async", {
    preset: "openai-responses",
    url: server.url,
    poll_url_template: "/other/{run_id}",
    poll_status_path: "state",
    poll_terminal_states: "off",
    poll_success_states: "off",
  });
  expect(result.status).toBe("succeeded");
  expect(lines(server)).toEqual(["POST /", "GET /other/r"]);
});
