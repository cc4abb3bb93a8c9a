import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { parseResult } from "@xrt/contracts/v0.1";
import { describe, expect, test } from "vitest";
import { json, serve, serveRaw } from "./servers.ts";
import { openWorkbench, until } from "./workbench.ts";

const ok = "HTTP/1.1 200 OK\r\n";

interface Fault {
  readonly name: string;
  readonly bytes: string | Buffer;
  readonly summary: RegExp;
  /** How the connection ends behind the bytes; default in order. */
  readonly reset?: boolean;
}

const faults: readonly Fault[] = [
  { name: "closes without a byte", bytes: "", summary: /http error: .* closed the connection/ },
  { name: "resets without a byte", bytes: "", reset: true, summary: /http error: .* closed the connection/ },
  { name: "resets in the middle of the headers", bytes: `${ok}x-a: `, reset: true, summary: /http error/ },
  {
    name: "closes in the middle of the body",
    bytes: `${ok}content-length: 100\r\n\r\nabc`,
    summary: /http error/,
  },
  {
    name: "resets in the middle of the body",
    bytes: `${ok}content-length: 100\r\n\r\nabc`,
    reset: true,
    summary: /http error/,
  },
  {
    name: "closes before the last chunk",
    bytes: `${ok}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`,
    summary: /http error/,
  },
  {
    name: "sends garbage for a chunk's length",
    bytes: `${ok}transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n`,
    summary: /http error: .* valid HTTP/,
  },
  {
    name: "sends two Content-Lengths",
    bytes: `${ok}content-length: 3\r\ncontent-length: 4\r\n\r\nabcd`,
    summary: /http error/,
  },
  {
    name: "sends Content-Length and chunks",
    bytes: `${ok}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    summary: /http error/,
  },
  { name: "does not speak HTTP", bytes: "220 ready\r\n", summary: /http error: .* valid HTTP/ },
  {
    name: "sends 200 kB of headers",
    bytes: `${ok}${`x-a: ${"y".repeat(1000)}\r\n`.repeat(200)}\r\n`,
    summary: /http error: .* headers/,
  },
  {
    name: "sends one header of 200 kB",
    bytes: `${ok}x-a: ${"y".repeat(200_000)}\r\n\r\n`,
    summary: /http error: .* headers/,
  },
  {
    name: "sends a body that is not the gzip it claims to be",
    bytes: `${ok}content-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello`,
    summary: /http error: .* decompressed/,
  },
  {
    name: "sends a truncated gzip",
    bytes: Buffer.concat([
      Buffer.from(`${ok}content-encoding: gzip\r\ncontent-length: 15\r\n\r\n`),
      Buffer.from("1f8b0800000000000003cb48cdc9c90700", "hex").subarray(0, 15),
    ]),
    summary: /http error: .* decompressed/,
  },
];

describe.each(faults)("a server that $name", ({ bytes, summary, reset }) => {
  test("gives a failed run with a clear summary, asked once", async () => {
    await using server = await serveRaw((socket) => {
      socket.write(bytes, () => {
        if (reset === true) socket.resetAndDestroy();
        else socket.end();
      });
    });
    await using bench = await openWorkbench();
    const { result } = await bench.run("http", { url: server.url, body: "{}" });
    expect(result).toMatchObject({ status: "failed", exit_code: null });
    expect(result.error_summary).toMatch(summary);
    expect(parseResult(result)).toEqual(result);
    expect(server.received).toMatchObject([{ method: "POST", body: "{}" }]);
  });

  test("fails a kickoff, which is sent once", async () => {
    await using server = await serveRaw((socket) => {
      socket.write(bytes, () => {
        if (reset === true) socket.resetAndDestroy();
        else socket.end();
      });
    });
    await using bench = await openWorkbench();
    const { result } = await bench.run("http_async", {
      url: server.url,
      poll_url_template: server.url,
      poll_status_path: "status",
      poll_terminal_states: "completed",
    });
    expect(result).toMatchObject({ status: "failed", exit_code: null });
    expect(result.error_summary).toMatch(/kickoff http error/);
    expect(server.received).toMatchObject([{ method: "POST" }]);
  });
});

describe.each([
  ["HTTP/1.0 without a length", "HTTP/1.0 200 OK\r\n\r\nhello"],
  ["HTTP/1.0 with a length", "HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello"],
  ["a body up to the connection's end", `${ok}connection: close\r\n\r\nhello`],
  [
    "chunks with extensions and trailers",
    `${ok}transfer-encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nx-t: 1\r\n\r\n`,
  ],
  [
    "early hints in front",
    `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok}content-length: 5\r\n\r\nhello`,
  ],
])("%s", (_name, bytes) => {
  test("is read", async () => {
    await using server = await serveRaw((socket) => socket.end(bytes));
    await using bench = await openWorkbench();
    const { result, stdout } = await bench.run("http", { url: server.url });
    expect(result).toMatchObject({ status: "succeeded", exit_code: 200 });
    expect(stdout).toBe("hello");
  });
});

test("what came before a reset is kept", async () => {
  const { promise: answered, resolve } = Promise.withResolvers<Socket>();
  await using server = await serveRaw((socket) => {
    socket.write(`${ok}content-length: 100\r\n\r\nabc`);
    resolve(socket);
  });
  await using bench = await openWorkbench();
  const run = bench.start("http", { url: server.url });
  const socket = await answered;
  const stdout = `${run.directory}/stdout.txt`;
  // A reset throws away what has not been read yet.
  await until("the bytes are in the file", async () => (await readFile(stdout, "utf8")) === "abc");
  socket.resetAndDestroy();
  const result = await run.result;
  expect(result.status).toBe("failed");
  expect(await readFile(stdout, "utf8")).toBe("abc");
  expect(result.metadata["http.body_bytes"]).toBe("3");
});

test("bytes that are not UTF-8 are kept as they are, and shown as well as they can be", async () => {
  await using server = await serve(
    (_request, response) => void response.writeHead(500).end(Buffer.from([0x61, 0xff, 0xfe, 0x62])),
  );
  await using bench = await openWorkbench();
  const { result, http } = await bench.run("http", { url: server.url });
  expect(http["body_bytes"]).toBe("4");
  expect(result.error_summary).toBe("HTTP 500: a\ufffd\ufffdb");
});

test("documents in bad UTF-8 and with NaN in them are read or refused, never thrown at", async () => {
  await using server = await serve((_request, response, index) => {
    if (index === 0) response.writeHead(202).end(Buffer.from('{"id":"\xe9"}', "latin1"));
    else response.writeHead(200).end('{"status": NaN}');
  });
  await using bench = await openWorkbench();
  const { result, http } = await bench.run("http_async", {
    url: server.url,
    poll_url_template: `${server.url}/{run_id}`,
    poll_run_id_path: "id",
    poll_status_path: "status",
    poll_terminal_states: "completed",
    poll_interval_seconds: "0",
    poll_max_errors: "2",
  });
  expect(result.status).toBe("failed");
  expect(result.error_summary).toMatch(/poll response is not JSON: \{"status": NaN\} .*2 polls failed/);
  expect(http).toMatchObject({ run_id: "\ufffd", polls: "2" });
  expect(server.received[1]?.url).toBe("/%EF%BF%BD");
});

test("an idempotent request is sent once more when its connection closes before an answer", async () => {
  await using server = await serveRaw((socket, _text, index) => {
    if (index === 0) socket.destroy();
    else socket.end(`${ok}content-length: 2\r\n\r\nok`);
  });
  await using bench = await openWorkbench();
  const { result, http } = await bench.run("http", { url: server.url, method: "GET" });
  expect(result.status).toBe("succeeded");
  expect(http["attempts"]).toBe("2");
  expect(server.received.map(({ method }) => method)).toEqual(["GET", "GET"]);
});

test("a POST is sent once more only under an idempotency key, the same both times", async () => {
  await using server = await serveRaw((socket, _text, index) => {
    if (index % 2 === 0) socket.destroy();
    else socket.end(`${ok}content-length: 2\r\n\r\nok`);
  });
  await using bench = await openWorkbench();
  const keyed = await bench.run(
    "http",
    { url: server.url, body: "{}", idempotency_key: "auto" },
    { invocation_id: "order-7" },
  );
  expect(keyed.result.status).toBe("succeeded");
  expect(keyed.http["attempts"]).toBe("2");
  expect(server.received).toMatchObject([
    { method: "POST", body: "{}", headers: { "idempotency-key": "order-7" } },
    { method: "POST", body: "{}", headers: { "idempotency-key": "order-7" } },
  ]);
  const plain = await bench.run("http", { url: server.url, body: "{}" });
  expect(plain.result.status).toBe("failed");
  expect(server.received).toHaveLength(3);
});

test("a failing server in a run of a hundred leaves the others alone", async () => {
  await using server = await serve((request, response) => {
    if (request.url === "/bad") response.destroy();
    else json(response, 200, { url: request.url });
  });
  await using bench = await openWorkbench();
  const paths = Array.from({ length: 100 }, (_, n) => (n % 10 === 0 ? "/bad" : `/${n}`));
  const results = await Promise.all(paths.map((at) => bench.run("http", { url: server.url + at })));
  expect(
    results.map(({ result, stdout }) => (result.status === "succeeded" ? stdout : result.status)),
  ).toEqual(paths.map((at) => (at === "/bad" ? "failed" : JSON.stringify({ url: at }))));
});
