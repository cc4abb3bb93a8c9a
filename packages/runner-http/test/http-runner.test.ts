import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseResult } from "@xrt/contracts/v0.1";
import { expect, test } from "vitest";
import { closedPort, json, serve } from "./servers.ts";
import { openWorkbench } from "./workbench.ts";

const sha256 = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");

test("a 2xx is succeeded, with the status code as exit code and the body in stdout, hashed", async () => {
  await using server = await serve((_request, response) => json(response, 201, { made: true }));
  await using bench = await openWorkbench();
  const { result, stdout, http } = await bench.run("http", { url: `${server.url}/make?a=1` });
  expect(result).toMatchObject({ status: "succeeded", exit_code: 201, error_summary: null });
  expect(stdout).toBe('{"made":true}');
  expect(http).toEqual({
    phase: "body",
    attempts: "1",
    status_code: "201",
    body_bytes: "13",
    body_sha256: sha256('{"made":true}'),
  });
  expect(server.received).toMatchObject([{ method: "POST", url: "/make?a=1", body: "" }]);
  expect(parseResult(result)).toEqual(result);
});

test("the body and the headers are artifacts", async () => {
  await using server = await serve((_request, response) => {
    response.writeHead(200, { "x-answer": "42" }).end("hello");
  });
  await using bench = await openWorkbench();
  const { result } = await bench.run("http", { url: server.url });
  const byKind = Object.fromEntries(result.artifacts.map((artifact) => [artifact.kind, artifact]));
  expect(byKind["http_response"]).toMatchObject({
    path: result.stdout_path,
    metadata: { "xrt.size_bytes": "5", "xrt.sha256": sha256("hello") },
  });
  const text = await readFile(byKind["http_headers"]?.path ?? "", "utf8");
  expect(JSON.parse(text)).toMatchObject({ request: { status_code: 200, headers: { "x-answer": "42" } } });
  expect(byKind["http_headers"]?.metadata).toMatchObject({ "xrt.sha256": sha256(text) });
});

test("method, JSON body and headers are sent as given", async () => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench();
  await bench.run("http", {
    url: server.url,
    method: "put",
    body: '{"task": "hello"}',
    headers: '{"X-One":"1"}',
    "header.X-Two": "2",
  });
  expect(server.received).toMatchObject([
    {
      method: "PUT",
      body: '{"task": "hello"}',
      headers: { "content-type": "application/json", "content-length": "17", "x-one": "1", "x-two": "2" },
    },
  ]);
});

test("a form body is encoded from a JSON object", async () => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench();
  await bench.run("http", {
    url: server.url,
    body: '{"a":"x y","b":[1,true],"c":null}',
    body_format: "form",
  });
  expect(server.received[0]?.body).toBe("a=x+y&b=1&b=true&c=");
  expect(server.received[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
});

test("the payload file is the body where http.body is absent", async () => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench();
  const payload = path.join(bench.directory, "payload.json");
  await writeFile(payload, '{"from":"file"}');
  await bench.run("http", { url: server.url }, { input_payload_path: payload });
  await bench.run("http", { url: server.url, body: "{}" }, { input_payload_path: payload });
  await bench.run("http", { url: server.url, method: "GET" }, { input_payload_path: payload });
  expect(server.received.map(({ body }) => body)).toEqual(['{"from":"file"}', "{}", ""]);
  expect(server.received[0]?.headers).toMatchObject({
    "content-length": "15",
    "content-type": "application/json",
  });
});

test("the caller's own input is streamed as the body", async () => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench();
  await bench.run("http", { url: server.url }, {}, { input: "from the caller" });
  expect(server.received).toMatchObject([
    { body: "from the caller", headers: { "transfer-encoding": "chunked" } },
  ]);
});

test("anything but a 2xx is failed, and the summary has HTTP, the code and the start of the body", async () => {
  await using server = await serve((_request, response) => {
    response.writeHead(503).end(`service unavailable ${"x".repeat(5000)}`);
  });
  await using bench = await openWorkbench();
  const { result, stdout } = await bench.run("http", { url: server.url });
  expect(result).toMatchObject({ status: "failed", exit_code: 503 });
  expect(result.error_summary).toMatch(/^HTTP 503: service unavailable x+$/);
  expect(result.error_summary?.length).toBeLessThan(220);
  expect(result.metadata).toMatchObject({ "xrt.error_code": "http_status", "xrt.retryable": "true" });
  expect(stdout).toHaveLength(5020);
});

test("a connection that is refused is failed as an http error", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run("http", { url: `http://127.0.0.1:${await closedPort()}` });
  expect(result).toMatchObject({ status: "failed", exit_code: null });
  expect(result.error_summary).toMatch(/http error: connection to 127.0.0.1:\d+ refused \(ECONNREFUSED\)/);
  expect(result.metadata["xrt.error_code"]).toBe("network");
});
