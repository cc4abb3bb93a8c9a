import { readFileSync } from "node:fs";
import { getEventListeners } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, MockAgent } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { closedPort, json, serve, serveRaw } from "./servers.ts";
import { openWorkbench, until, type Finished } from "./workbench.ts";

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

test("connections are pooled: a hundred runs in a row use one", async () => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench();
  for (let n = 0; n < 100; n += 1) await bench.run("http", { url: server.url, method: "GET" });
  expect(server.received).toHaveLength(100);
  // A slow machine may take longer than an idle connection is kept.
  expect(server.connections).toBeLessThan(50);
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

describe("a server that closes idle connections without a word", () => {
  /**
   * About as long as the pause between two requests, so that both happen at the same moment again and again; and long enough for a
   * slow machine to have read a response by then.
   */
  const idleMs = 500;

  async function serveClosing(answer: Parameters<typeof serve>[0]) {
    const idle = new WeakMap<object, NodeJS.Timeout>();
    const server = await serve((request, response, index) => {
      const { socket } = response;
      if (socket === null) throw new Error("the request's connection is gone already");
      clearTimeout(idle.get(socket));
      const ms = idleMs + (index % 4);
      response.on("finish", () =>
        idle.set(
          socket,
          setTimeout(() => socket.end(), ms),
        ),
      );
      return answer(request, response, index);
    });
    server.http.keepAliveTimeout = 0;
    return server;
  }

  test("never fails a poll", async () => {
    let kickoffs = 0;
    const polls = new Map<string, number>();
    await using server = await serveClosing((request, response) => {
      if (request.method === "POST") {
        kickoffs += 1;
        return json(response, 202, { id: kickoffs });
      }
      const count = (polls.get(request.url) ?? 0) + 1;
      polls.set(request.url, count);
      return json(response, 200, { status: count < 4 ? "running" : "completed" });
    });
    await using bench = await openWorkbench();
    const run = (): Promise<Finished> =>
      bench.run("http_async", {
        url: server.url,
        poll_url_template: `${server.url}/{run_id}`,
        poll_run_id_path: "id",
        poll_status_path: "status",
        poll_terminal_states: "completed",
        poll_interval_seconds: String(idleMs / 1000),
      });
    const alone = await run();
    expect(alone.result.status).toBe("succeeded");
    // None came on a connection that was about to be closed.
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(1 + 4);
    const results = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        // Spread, so that the moments are many.
        await sleep(n * 3);
        return run();
      }),
    );
    // A poll that failed would have been sent once more: each that was sent was answered.
    expect(results.map(({ result, http }) => [result.error_summary, http["polls"]])).toEqual(
      results.map(() => [null, "4"]),
    );
    expect(server.received).toHaveLength(101 * (1 + 4));
  });

  test("never fails a POST", async () => {
    await using server = await serveClosing((_request, response) => void response.end("ok"));
    await using bench = await openWorkbench();
    const results = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const lane: (string | null)[] = [];
        for (let turn = 0; turn < 4; turn += 1) {
          await sleep(turn === 0 ? n * 3 : idleMs);
          lane.push((await bench.run("http", { url: server.url, body: "{}" })).result.error_summary);
        }
        return lane;
      }),
    );
    expect(results.flat().filter((summary) => summary !== null)).toEqual([]);
    expect(server.received).toHaveLength(200);
  });
});

test("what cannot be sent twice goes over a connection of its own, whose closing it cannot meet", async () => {
  await using server = await serve((_request, response) => void response.end("ok"));
  await using bench = await openWorkbench();
  for (let n = 0; n < 10; n += 1) await bench.run("http", { url: server.url, body: "{}" });
  expect(server.connections).toBe(10);
  // With an idempotency key it can be.
  const key = { idempotency_key: "auto" };
  for (let n = 0; n < 50; n += 1) await bench.run("http", { url: server.url, body: "{}", ...key });
  expect(server.connections).toBeLessThan(10 + 25);
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

/** A proxy that knows every name as loopback. `connect`: its answer to CONNECT; default a tunnel. */
async function serveProxy(connectAnswer?: string) {
  const asked: string[] = [];
  const proxy = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end("by proxy");
  });
  proxy.http.on("connect", (request: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.on("error", () => undefined);
    if (connectAnswer !== undefined) {
      socket.end(connectAnswer);
      return;
    }
    const through = connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(through).pipe(socket);
    });
    through.on("error", () => socket.destroy());
    socket.on("close", () => through.destroy());
  });
  return { ...proxy, asked };
}

describe("the environment's proxy", () => {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
  const before = names.map((name) => [name, process.env[name]] as const);
  const clear = (): void => {
    for (const name of names) delete process.env[name];
  };
  beforeEach(clear);
  afterEach(() => {
    clear();
    for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
  });

  test("is used only where the host says so, and never for loopback", async () => {
    await using proxy = await serveProxy();
    await using server = await serve((_request, response) => void response.end("direct"));
    process.env["HTTP_PROXY"] = proxy.url;
    await using without = await openWorkbench();
    expect((await without.run("http", { url: "http://service.invalid/a" })).result.status).toBe("failed");
    await using bench = await openWorkbench({ proxy: "environment" });
    expect((await bench.run("http", { url: server.url })).stdout).toBe("direct");
    expect(proxy.asked).toEqual([]);
    const { result, stdout } = await bench.run("http", { url: "http://service.invalid/a" });
    expect(result.status).toBe("succeeded");
    expect(stdout).toBe("by proxy");
    expect(proxy.asked).toEqual(["POST http://service.invalid/a"]);
  });

  test("gets each kickoff on a connection of its own too", async () => {
    await using proxy = await serve((request, response) => {
      if (request.method === "POST") json(response, 202, {});
      else json(response, 200, { status: "completed" });
    });
    process.env["HTTP_PROXY"] = proxy.url;
    await using bench = await openWorkbench({ proxy: "environment" });
    for (let n = 0; n < 2; n += 1) {
      const { result } = await bench.run("http_async", {
        url: "http://service.invalid/runs",
        poll_url_template: "/runs/1",
        poll_status_path: "status",
        poll_terminal_states: "completed",
      });
      expect(result.error_summary).toBeNull();
    }
    const kickoffs = proxy.received.filter(({ method }) => method === "POST");
    expect(kickoffs.map(({ headers }) => headers.connection)).toEqual(["close", "close"]);
    expect(new Set(kickoffs.map(({ connection }) => connection)).size).toBe(2);
  });

  test("tunnels HTTPS, whose certificate is verified behind it, and sees no header of it", async () => {
    await using server = await secure({ requestCert: true });
    await using proxy = await serveProxy();
    process.env["HTTPS_PROXY"] = proxy.url;
    const { port } = new URL(server.url);
    const tls = { ca: fixture("ca.pem"), cert: fixture("client.pem"), key: fixture("client.key") };
    await using bench = await openWorkbench({ proxy: "environment", tls });
    const url = `https://service.test:${port}/a`;
    const environment = { API_KEY: "sesame-open-42" };
    const { result, stdout } = await bench.run(
      "http",
      { url, "auth.bearer": "env:API_KEY" },
      { environment },
    );
    expect(result.error_summary).toBeNull();
    expect(stdout).toBe("secure");
    expect(proxy.asked).toEqual([`CONNECT service.test:${port}`]);
    const other = await bench.run("http", { url: `https://other.test:${port}/a` });
    expect(other.result.error_summary).toMatch(/http error: .*ERR_TLS_CERT_ALTNAME_INVALID/);
    await using strange = await openWorkbench({ proxy: "environment" });
    expect((await strange.run("http", { url })).result.error_summary).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);
    expect(server.seen).toHaveLength(1);
  });

  test("that refuses a tunnel, or that nobody runs, fails the run, and NO_PROXY goes past it", async () => {
    await using proxy = await serveProxy("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    process.env["HTTPS_PROXY"] = proxy.url;
    await using bench = await openWorkbench({ proxy: "environment" });
    const refused = await bench.run("http", { url: "https://service.test/a" });
    expect(refused.result.status).toBe("failed");
    expect(refused.result.error_summary).toMatch(/http error: .*502/);
    expect(proxy.asked).toEqual(["CONNECT service.test:443"]);

    process.env["HTTPS_PROXY"] = `http://127.0.0.1:${await closedPort()}`;
    process.env["NO_PROXY"] = "service.invalid";
    await using dead = await openWorkbench({ proxy: "environment" });
    const unreached = await dead.run("http", { url: "https://service.test/a" });
    expect(unreached.result.error_summary).toContain("ECONNREFUSED");
    const past = await dead.run("http", { url: "https://service.invalid/a" });
    expect(past.result.error_summary).toMatch(/http error: the name service.invalid cannot be resolved/);
  });

  test("that never answers a CONNECT holds no run beyond its deadline, and no socket beyond close()", async () => {
    await using proxy = await serveRaw(() => undefined);
    process.env["HTTPS_PROXY"] = proxy.url;
    const bench = await openWorkbench({ proxy: "environment" });
    const { result } = await bench.run("http", { url: "https://service.test/a" }, { timeout_seconds: 1 });
    expect(result.status).toBe("timed_out");
    await bench[Symbol.asyncDispose]();
    await until("every connection is closed", () => proxy.open.size === 0);
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
