import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { json, serve } from "./servers.ts";
import { openWorkbench } from "./workbench.ts";

const text = "hello, ".repeat(1000);

test.each([
  ["gzip", gzipSync(text)],
  ["x-gzip", gzipSync(text)],
  ["deflate", deflateSync(text)],
  ["br", brotliCompressSync(text)],
  ["deflate, gzip", gzipSync(deflateSync(text))],
  ["identity", Buffer.from(text)],
])("a body in %s is kept decoded, with its decoded size", async (encoding, bytes) => {
  await using server = await serve((_request, response) => {
    response.writeHead(200, { "content-encoding": encoding }).end(bytes);
  });
  await using bench = await openWorkbench();
  const { stdout, http } = await bench.run("http", { url: server.url });
  expect(stdout).toBe(text);
  expect(http["body_bytes"]).toBe(String(text.length));
});

test("a coding that is not known is kept as it came", async () => {
  await using server = await serve((_request, response) => {
    response.writeHead(200, { "content-encoding": "compress" }).end("abc");
  });
  await using bench = await openWorkbench();
  expect(await bench.run("http", { url: server.url })).toMatchObject({ stdout: "abc" });
});

test("a body over http.max_body_bytes ends the run, with as many bytes kept", async () => {
  await using server = await serve((_request, response) => void response.end("x".repeat(1001)));
  await using bench = await openWorkbench();
  const over = await bench.run("http", { url: server.url, max_body_bytes: "1000" });
  expect(over.result).toMatchObject({ status: "failed", exit_code: null });
  expect(over.result.error_summary).toContain("1000 decoded bytes of http.max_body_bytes");
  expect(over.result.metadata["xrt.error_code"]).toBe("limit_exceeded");
  expect(over.stdout).toHaveLength(1000);
  const exact = await bench.run("http", { url: server.url, max_body_bytes: "1001" });
  expect(exact.result.status).toBe("succeeded");
});

test("a gzip bomb ends early: decoded bytes are what counts", async () => {
  // 1 GiB of zeros in a few megabytes of gzip, of which a small part is ever sent.
  const piece = gzipSync(Buffer.alloc(16 * 1024 * 1024));
  let sent = 0;
  await using server = await serve((_request, response) => {
    response.writeHead(200, { "content-encoding": "gzip" });
    const more = (): void => {
      while (sent < 64) {
        sent += 1;
        if (!response.write(piece)) return void response.once("drain", more);
      }
      response.end();
    };
    response.on("error", () => undefined);
    more();
  });
  await using bench = await openWorkbench();
  const { result, http } = await bench.run("http", { url: server.url, max_body_bytes: "1000000" });
  expect(result.error_summary).toContain("http.max_body_bytes");
  expect(http["body_bytes"]).toBe("1000000");
});

test("a status document that is a bomb fails the run instead of filling the memory", async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, " "));
  await using server = await serve((_request, response, index) => {
    if (index === 0) json(response, 202, {});
    else response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
  });
  await using bench = await openWorkbench();
  const { result } = await bench.run("http_async", {
    url: server.url,
    poll_url_template: server.url,
    poll_status_path: "status",
    poll_terminal_states: "completed",
  });
  expect(result.status).toBe("failed");
  expect(result.error_summary).toContain("status document is larger than");
});

/** Sends a block over and over, and tells the hash of all of it: in a process of its own, so that only XRT's memory is looked at. */
const sender = `
  const { createHash } = require("node:crypto");
  const block = Buffer.from(process.argv[1], "base64");
  require("node:http").createServer((request, response) => {
    const total = Number(request.url.slice(1));
    const hash = createHash("sha256");
    let sent = 0;
    response.writeHead(200, { "content-length": String(total) });
    const more = () => {
      while (sent < total) {
        sent += block.length;
        hash.update(block);
        if (!response.write(block)) return response.once("drain", more);
      }
      response.end();
      console.log(hash.digest("hex"));
    };
    response.on("error", () => undefined);
    more();
  }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
`;

test("1 GiB goes into the file with its hash, and memory stays flat", async () => {
  const total = 1024 ** 3;
  const block = randomBytes(64 * 1024);
  const child = spawn(process.execPath, ["-e", sender, block.toString("base64")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const told = createInterface(child.stdout)[Symbol.asyncIterator]();
    const url = `http://127.0.0.1:${(await told.next()).value}`;
    await using bench = await openWorkbench();
    await bench.run("http", { url: `${url}/${64 * 1024 * 1024}` });
    await told.next();
    const idle = process.memoryUsage.rss();
    let most = idle;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 20);
    const result = await bench.start("http", { url: `${url}/${total}` }).result;
    clearInterval(timer);
    expect(result.status).toBe("succeeded");
    expect(result.metadata).toMatchObject({
      "http.body_bytes": String(total),
      "http.body_sha256": (await told.next()).value,
    });
    expect((most - idle) / 1e6).toBeLessThan(100);
    // What was hashed is what is in the file.
    let at = 0;
    let same = true;
    for await (const chunk of createReadStream(result.stdout_path ?? "", { highWaterMark: block.length })) {
      same &&= block.equals(chunk as Buffer);
      at += (chunk as Buffer).length;
    }
    expect({ at, same }).toEqual({ at: total, same: true });
  } finally {
    child.kill("SIGKILL");
  }
});

test("a large payload is streamed from its file, and memory stays flat", async () => {
  let length = 0;
  await using bench = await openWorkbench();
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
    });
    request.on("end", () => response.end());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const payload = path.join(bench.directory, "payload");
  await writeFile(payload, "");
  await truncate(payload, 512 * 1024 * 1024);
  const idle = process.memoryUsage.rss();
  let most = idle;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  const { port } = server.address() as { port: number };
  const { result } = await bench.run(
    "http",
    { url: `http://127.0.0.1:${port}` },
    { input_payload_path: payload },
  );
  clearInterval(timer);
  expect(result.status).toBe("succeeded");
  expect(length).toBe(512 * 1024 * 1024);
  expect((most - idle) / 1e6).toBeLessThan(150);
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

describe("the start of the body in an error", () => {
  test("shows no half of a secret, wherever the cut falls", async () => {
    const secret = "sesame-open-1234567890-abcdefghij";
    await using bench = await openWorkbench();
    for (let before = 160; before <= 201; before += 1) {
      await using server = await serve((_request, response) => {
        response.writeHead(500).end(`${"x".repeat(before)}${secret}${"y".repeat(100)}`);
      });
      const { result } = await bench.run(
        "http",
        { url: server.url, "auth.bearer": "env:API_KEY" },
        { environment: { API_KEY: secret } },
      );
      expect(result.error_summary).not.toContain("sesame");
      expect(JSON.stringify(result)).not.toContain(secret);
    }
  });

  test("shows none where the part that is looked at ends either", async () => {
    const secret = `sesame${"-open".repeat(1200)}`;
    await using server = await serve((_request, response) => {
      // Redacting shrinks it to little, so that its cut end would come into sight.
      response.writeHead(500).end(secret.repeat(20));
    });
    await using bench = await openWorkbench();
    const { result } = await bench.run(
      "http",
      { url: server.url, "auth.bearer": "env:API_KEY" },
      { environment: { API_KEY: secret } },
    );
    expect(result.error_summary).not.toMatch(/sesame|open/);
  });
});
