import { readFileSync } from "node:fs";
import { getEventListeners } from "node:events";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, MockAgent } from "undici";
import { describe, expect, test } from "vitest";
import { json, serve } from "./servers.ts";
import { openWorkbench, until } from "./workbench.ts";

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

test("connections are pooled: a hundred runs in a row use one", async () => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench();
  for (let n = 0; n < 100; n += 1) await bench.run("http", { url: server.url });
  expect(server.received).toHaveLength(100);
  // A slow machine may take longer than an idle connection is kept.
  expect(server.connections).toBeLessThan(10);
});

test("both kinds share the pool, and closing the runtime leaves no socket", async () => {
  await using server = await serve((request, response) => {
    if (request.url === "/kickoff") json(response, 202, {});
    else json(response, 200, { status: "completed" });
  });
  const bench = await openWorkbench();
  await bench.run("http", { url: server.url, method: "GET" });
  await bench.run("http_async", {
    url: `${server.url}/kickoff`,
    poll_url_template: server.url,
    poll_status_path: "status",
    poll_terminal_states: "completed",
  });
  const pooled = server.received.filter(({ url }) => url !== "/kickoff");
  expect(new Set(pooled.map(({ connection }) => connection)).size).toBe(1);
  expect(server.open.size).toBe(1);
  await bench[Symbol.asyncDispose]();
  await until("every connection is closed", () => server.open.size === 0);
});

const active = (): string[] =>
  process
    .getActiveResourcesInfo()
    .filter((name) => name === "Timeout" || name === "TCPSocketWrap" || name === "Immediate");

test("closing leaves no timer and no socket in this process", async () => {
  await using server = await serve((_request, response) => void response.end());
  // The server's own end of a connection is one of them.
  const before = active().length;
  const bench = await openWorkbench();
  await Promise.all(Array.from({ length: 20 }, () => bench.run("http", { url: server.url })));
  await bench[Symbol.asyncDispose]();
  await until("everything is let go", () => active().length <= before);
});

test("a server that closes idle connections between polls never fails a run", async () => {
  const polls = new Map<string, number>();
  const server = createHttp((request, response) => {
    request.resume();
    const id = request.url ?? "";
    if (request.method === "POST") {
      json(response, 202, { id: String(polls.size) });
      polls.set(`/${polls.size}`, 0);
      return;
    }
    const count = (polls.get(id) ?? 0) + 1;
    polls.set(id, count);
    json(response, 200, { status: count < 5 ? "running" : "completed" });
  });
  // Without a hint, and as long as the interval, so that both happen at the same moment again and again.
  server.keepAliveTimeout = 0;
  const idle = new WeakMap<object, NodeJS.Timeout>();
  server.on("request", ({ socket }, response) => {
    clearTimeout(idle.get(socket));
    response.on("finish", () =>
      idle.set(
        socket,
        setTimeout(() => socket.end(), 100),
      ),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using bench = await openWorkbench();
  const results = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => {
      await sleep(n * 3);
      return bench.run("http_async", {
        url,
        poll_url_template: `${url}/{run_id}`,
        poll_run_id_path: "id",
        poll_status_path: "status",
        poll_terminal_states: "completed",
        poll_interval_seconds: "0.1",
      });
    }),
  );
  expect(
    results.filter(({ result }) => result.status !== "succeeded").map(({ result }) => result.error_summary),
  ).toEqual([]);
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

test("a thousand runs on one signal leave no listener on it", async () => {
  await using server = await serve((request, response) => {
    if (request.method === "POST") json(response, 202, { id: "r" });
    else json(response, 200, { status: "completed" });
  });
  await using bench = await openWorkbench();
  const controller = new AbortController();
  const metadata = {
    url: server.url,
    poll_url_template: `${server.url}/{run_id}`,
    poll_run_id_path: "id",
    poll_status_path: "status",
    poll_terminal_states: "completed",
  };
  for (let round = 0; round < 10; round += 1) {
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const [kind, given] =
          n % 2 === 0 ? (["http", { url: server.url }] as const) : (["http_async", metadata] as const);
        return (await bench.start(kind, given, {}, { signal: controller.signal }).result).status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set(["succeeded"]));
  }
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});

test("a run that was cancelled before it began sends nothing", async () => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench();
  const { result } = await bench.run("http", { url: server.url }, {}, { signal: AbortSignal.abort() });
  expect(result.status).toBe("cancelled");
  expect(server.connections).toBe(0);
});

test("a cancel ends a request at once, and closes its connection", async () => {
  await using server = await serve(() => undefined);
  await using bench = await openWorkbench();
  const run = bench.start("http", { url: server.url });
  await until("the request came", () => server.received.length === 1);
  const result = await run.cancel("enough");
  expect(result.status).toBe("cancelled");
  expect(result.error_summary).toMatch(/cancelled.*enough/);
  await until("the connection is closed", () => server.open.size === 0);
});

describe("the caller's dispatcher", () => {
  test("sends all requests, and stays open", async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    mock.get("http://mocked.example").intercept({ path: "/a", method: "POST" }).reply(200, "mocked");
    const bench = await openWorkbench({ dispatcher: mock });
    const { stdout } = await bench.run("http", { url: "http://mocked.example/a" });
    expect(stdout).toBe("mocked");
    await bench[Symbol.asyncDispose]();

    await using server = await serve((_request, response) => void response.end("open"));
    const own = new Agent();
    const other = await openWorkbench({ dispatcher: own });
    await other.run("http", { url: server.url });
    await other[Symbol.asyncDispose]();
    const { body } = await own.request({ origin: server.url, path: "/", method: "GET" });
    expect(await body.text()).toBe("open");
    await own.close();
    await mock.close();
  });
});

async function secure(options: { requestCert?: boolean } = {}) {
  const seen: boolean[] = [];
  const server = createHttps(
    {
      key: fixture("server.key"),
      cert: fixture("server.pem"),
      ca: fixture("ca.pem"),
      requestCert: options.requestCert === true,
      rejectUnauthorized: options.requestCert === true,
    },
    (request, response) => {
      seen.push(true);
      request.resume();
      response.end("secure");
    },
  );
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

describe("TLS", () => {
  test("is verified: a certificate of an unknown authority fails the run", async () => {
    await using server = await secure();
    await using bench = await openWorkbench();
    const { result } = await bench.run("http", { url: server.url });
    expect(result.status).toBe("failed");
    expect(result.error_summary).toMatch(/http error: .*(UNABLE_TO_VERIFY|SELF_SIGNED)/);
    expect(server.seen).toEqual([]);
  });

  test("trusts the host's own authority", async () => {
    await using server = await secure();
    await using bench = await openWorkbench({ tls: { ca: fixture("ca.pem") } });
    expect(await bench.run("http", { url: server.url })).toMatchObject({ stdout: "secure" });
    const { result } = await bench.run("http", { url: server.url.replace("localhost", "127.0.0.2") });
    expect(result.status).toBe("failed");
  });

  test("shows the host's client certificate", async () => {
    await using server = await secure({ requestCert: true });
    await using without = await openWorkbench({ tls: { ca: fixture("ca.pem") } });
    expect((await without.run("http", { url: server.url })).result.status).toBe("failed");
    await using bench = await openWorkbench({
      tls: { ca: fixture("ca.pem"), cert: fixture("client.pem"), key: fixture("client.key") },
    });
    expect(await bench.run("http", { url: server.url })).toMatchObject({ stdout: "secure" });
  });
});

describe("the environment's proxy", () => {
  test("is used only where the host says so, and never for loopback", async () => {
    const asked: string[] = [];
    const proxy = createHttp((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      request.resume();
      response.end("by proxy");
    });
    proxy.on("connect", (request, socket) => {
      asked.push(`CONNECT ${request.url}`);
      const through = connect(server.port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(through).pipe(socket);
      });
      through.on("error", () => socket.destroy());
      socket.on("error", () => through.destroy());
    });
    await using server = await serve((_request, response) => void response.end("direct"));
    await new Promise<void>((resolve) => {
      proxy.listen(0, "127.0.0.1", resolve);
    });
    process.env["HTTP_PROXY"] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      await using without = await openWorkbench();
      expect((await without.run("http", { url: "http://service.invalid/a" })).result.status).toBe("failed");
      expect(asked).toEqual([]);
      await using bench = await openWorkbench({ proxy: "environment" });
      expect((await bench.run("http", { url: server.url })).stdout).toBe("direct");
      expect(asked).toEqual([]);
      const { result } = await bench.run("http", { url: "http://service.invalid/a" });
      expect(result.status).toBe("succeeded");
      expect(asked.length).toBeGreaterThan(0);
      expect(asked[0]).toContain("service.invalid");
    } finally {
      delete process.env["HTTP_PROXY"];
      proxy.closeAllConnections();
      await new Promise((resolve) => {
        proxy.close(resolve);
      });
    }
  });
});

test("an option that is not known, or has no such value, is refused by the constructor", async () => {
  await expect(openWorkbench({ redirects: "follow" } as object)).rejects.toThrow(
    /unknown options \["redirects"\]/,
  );
  await expect(openWorkbench({ redirect: "always" } as object)).rejects.toThrow(
    /redirect: expected "error" or/,
  );
  await expect(openWorkbench({ defaultTimeoutSeconds: 0 })).rejects.toThrow(/defaultTimeoutSeconds/);
});
