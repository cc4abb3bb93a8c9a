import { readFileSync } from "node:fs";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { serve, type TestServer } from "./servers.ts";
import { openWorkbench } from "./workbench.ts";

const lines = ({ received }: TestServer): string[] =>
  received.map(({ method, url, body }) => `${method} ${url} ${body}`.trim());
const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

describe.each([
  [301, "GET /to"],
  [302, "GET /to"],
  [303, "GET /to"],
  [307, "POST /to {}"],
  [308, "POST /to {}"],
])("a %d within the origin", (statusCode, second) => {
  test("is followed, with the method and body that it calls for", async () => {
    await using server = await serve((request, response) => {
      if (request.url === "/from") response.writeHead(statusCode, { location: "/to" }).end();
      else response.end("there");
    });
    await using bench = await openWorkbench();
    const { result, stdout, http } = await bench.run("http", {
      url: `${server.url}/from`,
      body: "{}",
      "header.x-mine": "1",
    });
    expect(result).toMatchObject({ status: "succeeded", exit_code: 200 });
    expect(stdout).toBe("there");
    expect(http["redirects"]).toBe("1");
    expect(lines(server)).toEqual(["POST /from {}", second]);
    expect(server.received[1]?.headers["x-mine"]).toBe("1");
    expect(server.received[1]?.headers["content-type"]).toBe(
      second.startsWith("POST") ? "application/json" : undefined,
    );
  });
});

describe("a redirect to another origin", () => {
  test("is refused by default, naming both, and nothing is sent there", async () => {
    await using other = await serve((_request, response) => void response.end());
    await using server = await serve(
      (_request, response) => void response.writeHead(307, { location: other.url }).end(),
    );
    await using bench = await openWorkbench();
    const { result } = await bench.run("http", { url: server.url });
    expect(result.status).toBe("failed");
    expect(result.error_summary).toContain(
      `HTTP 307: redirect to ${other.url} leaves the origin ${server.url}`,
    );
    expect(other.received).toEqual([]);
  });

  test("is followed where the host allows it, without any header of the caller's, there and back", async () => {
    await using server = await serve((request, response) => {
      if (request.url === "/from") response.writeHead(307, { location: `${other.url}/over` }).end();
      else response.end("back");
    });
    await using other = await serve((_request, response) => {
      response.writeHead(307, { location: `${server.url}/back` }).end();
    });
    await using bench = await openWorkbench({ redirect: "follow" });
    const { result } = await bench.run(
      "http",
      {
        url: `${server.url}/from`,
        body: "{}",
        "header.x-mine": "1",
        "header.cookie": "a=b",
        "auth.bearer": "env:TOKEN",
        "secret_header.x-key": "env:TOKEN",
      },
      { environment: { TOKEN: "sesame-open" } },
    );
    expect(result.status).toBe("succeeded");
    expect(server.received[0]?.headers).toMatchObject({
      "x-mine": "1",
      cookie: "a=b",
      "x-key": "sesame-open",
    });
    for (const { headers } of [other.received[0], server.received[1]].map(
      (seen) => seen ?? { headers: {} },
    )) {
      expect(Object.keys(headers).toSorted()).toEqual([
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
      ]);
    }
  });

  test("may be forbidden by metadata, and not allowed by it", async () => {
    await using server = await serve(
      (_request, response) => void response.writeHead(302, { location: "/x" }).end(),
    );
    await using bench = await openWorkbench();
    const { result } = await bench.run("http", { url: server.url, redirect: "error" });
    expect(result.error_summary).toContain('http.redirect is "error"');
    expect(server.received).toHaveLength(1);
    const widened = await bench.run("http", { url: server.url, redirect: "follow" });
    expect(widened.result.status).toBe("rejected");
    expect(widened.result.error_summary).toContain("would widen it");
  });
});

test.each([
  ["a loop", "/a", /redirect loop/],
  ["an endless chain", "chain", /too many redirects: more than 10/],
  ["no URL", "http://[", /not a URL/],
  ["another protocol", "file:///etc/passwd", /redirect to file:/],
])("%s is a clear error", async (_name, location, sentence) => {
  await using server = await serve((_request, response, index) => {
    response.writeHead(302, { location: location === "chain" ? `/${index}` : location }).end();
  });
  await using bench = await openWorkbench();
  const { result } = await bench.run("http", { url: `${server.url}/a`, method: "GET" });
  expect(result.status).toBe("failed");
  expect(result.error_summary).toMatch(/^HTTP 302: /);
  expect(result.error_summary).toMatch(sentence);
  expect(server.received.length).toBeLessThan(13);
});

test("a redirect without a location is the answer", async () => {
  await using server = await serve((_request, response) => void response.writeHead(304).end());
  await using bench = await openWorkbench();
  const { result } = await bench.run("http", { url: server.url });
  expect(result).toMatchObject({ status: "failed", exit_code: 304, error_summary: "HTTP 304" });
});

test("a payload file is sent again behind a 307, and the caller's stream is not", async () => {
  await using server = await serve((request, response) => {
    if (request.url === "/from") response.writeHead(307, { location: "/to" }).end();
    else response.end();
  });
  await using bench = await openWorkbench();
  const payload = path.join(bench.directory, "payload");
  await writeFile(payload, "[1]");
  await bench.run("http", { url: `${server.url}/from` }, { input_payload_path: payload });
  expect(lines(server)).toEqual(["POST /from [1]", "POST /to [1]"]);
  const { result } = await bench.run("http", { url: `${server.url}/from` }, {}, { input: "once" });
  expect(result.status).toBe("failed");
  expect(result.error_summary).toMatch(/HTTP 307: the redirect asks for the body again/);
  expect(server.received).toHaveLength(3);
});

test("https to http is refused, also where redirects are followed", async () => {
  await using plain = await serve((_request, response) => void response.end());
  const secure = createHttps(
    { key: fixture("server.key"), cert: fixture("server.pem") },
    (_request, response) => {
      response.writeHead(302, { location: plain.url }).end();
    },
  );
  await new Promise<void>((resolve) => {
    secure.listen(0, "127.0.0.1", resolve);
  });
  try {
    await using bench = await openWorkbench({ redirect: "follow", tls: { ca: fixture("ca.pem") } });
    const { port } = secure.address() as AddressInfo;
    const { result } = await bench.run("http", { url: `https://localhost:${port}` });
    expect(result.error_summary).toContain("would leave https for http");
    expect(plain.received).toEqual([]);
  } finally {
    await new Promise((resolve) => {
      secure.close(resolve);
    });
  }
});

test("a kickoff's and a poll's redirects go by the same rules", async () => {
  await using server = await serve((request, response) => {
    if (request.url === "/start") response.writeHead(308, { location: "/kickoff" }).end();
    else if (request.url === "/kickoff") response.writeHead(202).end('{"id":"r"}');
    else if (request.url === "/r") response.writeHead(302, { location: "http://other.invalid/" }).end();
  });
  await using bench = await openWorkbench();
  const { result } = await bench.run("http_async", {
    url: `${server.url}/start`,
    poll_url_template: `${server.url}/{run_id}`,
    poll_run_id_path: "id",
    poll_status_path: "status",
    poll_terminal_states: "completed",
  });
  expect(result.status).toBe("failed");
  expect(result.error_summary).toContain("redirect to http://other.invalid leaves the origin");
  expect(lines(server)).toEqual(["POST /start", "POST /kickoff", "GET /r"]);
});
