import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { json, serve, serveRaw } from "./servers.ts";
import { openWorkbench, until } from "./workbench.ts";

// A generous bound for a slow machine: what is asserted is that the deadline ended the run, not the server or a default.
const longMs = 10_000;

function drip(socket: Socket, head: string, piece: string): void {
  socket.write(head);
  const timer = setInterval(() => socket.write(piece), 50);
  socket.on("close", () => clearInterval(timer));
}

const head = "HTTP/1.1 200 OK\r\n";
const faults: readonly (readonly [string, (socket: Socket) => void])[] = [
  ["hangs without a byte", () => undefined],
  ["drips its headers", (socket) => drip(socket, head, "x-a: b\r\n")],
  ["drips its status line", (socket) => drip(socket, "HTTP/1.1 200 O", "K")],
  ["drips its body", (socket) => drip(socket, `${head}content-length: 1000000\r\n\r\n`, "x")],
  ["drips chunks", (socket) => drip(socket, `${head}transfer-encoding: chunked\r\n\r\n`, "1\r\nx\r\n")],
  ["sends interim responses for ever", (socket) => drip(socket, "", "HTTP/1.1 102 Processing\r\n\r\n")],
];

// Side by side: each takes a second at the least.
describe.concurrent.each(faults)("a server that %s", (_name, fault) => {
  test("ends the run at its deadline as timed_out, and loses its connection", async () => {
    await using server = await serveRaw(fault);
    await using bench = await openWorkbench();
    const start = performance.now();
    const { result, http } = await bench.run("http", { url: server.url }, { timeout_seconds: 1 });
    expect(result).toMatchObject({ status: "timed_out", exit_code: null });
    expect(result.error_summary).toContain("timeout");
    expect(result.metadata["xrt.error_code"]).toBe("deadline");
    expect(performance.now() - start).toBeLessThan(longMs);
    expect(http["attempts"]).toBe("1");
    expect(server.received).toHaveLength(1);
    await until("the connection is closed", () => server.open.size === 0);
  });

  test("ends a kickoff at its deadline, naming the phase", async () => {
    await using server = await serveRaw(fault);
    await using bench = await openWorkbench();
    const { result, http } = await bench.run(
      "http_async",
      { ...asyncMetadata(server.url) },
      { timeout_seconds: 1 },
    );
    expect(result.status).toBe("timed_out");
    expect(result.error_summary).toMatch(/timeout.*kickoff/);
    expect(http["phase"]).toBe("kickoff");
    expect(server.received).toHaveLength(1);
    await until("the connection is closed", () => server.open.size === 0);
  });
});

function asyncMetadata(url: string): Record<string, string> {
  return {
    url,
    poll_url_template: `${url}/runs/{run_id}`,
    poll_run_id_path: "id",
    poll_status_path: "status",
    poll_terminal_states: "completed,failed",
    poll_interval_seconds: "0.02",
  };
}

// Linux drops what a full queue has no room for; other systems refuse it.
test.skipIf(process.platform !== "linux")(
  "a connection that is never made ends at the deadline",
  async () => {
    const child = await spawnServer(
      `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, told)`,
    );
    // It accepts nothing any more, and its queue is filled.
    child.process.kill("SIGSTOP");
    const fillers = Array.from({ length: 8 }, () => connect(child.port, "127.0.0.1"));
    for (const filler of fillers) filler.on("error", () => undefined);
    try {
      await using bench = await openWorkbench();
      const { result, http } = await bench.run(
        "http",
        { url: `http://127.0.0.1:${child.port}` },
        { timeout_seconds: 1 },
      );
      expect(result.status).toBe("timed_out");
      expect(http["phase"]).toBe("request");
    } finally {
      for (const filler of fillers) filler.destroy();
      child.process.kill("SIGKILL");
    }
  },
);

/** A server in a process of its own: `told` prints the port. */
async function spawnServer(script: string): Promise<{ process: ChildProcess; port: number }> {
  const child = spawn(
    process.execPath,
    ["-e", `function told() { console.log(this.address().port); } ${script}`],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const port = await new Promise<number>((resolve) => {
    child.stdout.once("data", (chunk: Buffer) => resolve(Number(chunk.toString())));
  });
  return { process: child, port };
}

describe.concurrent("the deadline", () => {
  test("polls that never end are ended by the deadline, with what was last seen", async () => {
    await using server = await serve((_request, response, index) =>
      json(response, index === 0 ? 202 : 200, { id: 7, status: "running" }),
    );
    await using bench = await openWorkbench();
    const { result, http } = await bench.run("http_async", asyncMetadata(server.url), { timeout_seconds: 1 });
    expect(result).toMatchObject({ status: "timed_out", exit_code: null });
    expect(result.error_summary).toMatch(/timeout.*poll.*"running"/);
    expect(http).toMatchObject({ run_id: "7", remote_status: "running" });
    expect(Number(http["polls"])).toBe(server.received.length - 1);
  });

  test("a poll that hangs is ended by the deadline", async () => {
    await using server = await serve((_request, response, index) => {
      if (index === 0) json(response, 202, { id: "a" });
    });
    await using bench = await openWorkbench();
    const { result, http } = await bench.run("http_async", asyncMetadata(server.url), { timeout_seconds: 1 });
    expect(result.status).toBe("timed_out");
    expect(http["phase"]).toBe("poll");
    await until("the connection is closed", () => server.open.size === 0);
  });

  test("a sleep of an hour between two polls is ended by the deadline", async () => {
    await using server = await serve((_request, response, index) =>
      json(response, index === 0 ? 202 : 200, { id: "a", status: "running" }),
    );
    await using bench = await openWorkbench();
    const { result, http } = await bench.run(
      "http_async",
      { ...asyncMetadata(server.url), poll_interval_seconds: "3600" },
      { timeout_seconds: 1 },
    );
    expect(result.status).toBe("timed_out");
    expect(http).toMatchObject({ phase: "sleep", polls: "1" });
  });

  test("a Retry-After beyond the deadline does not outlast it", async () => {
    await using server = await serve((_request, response, index) => {
      if (index === 0) json(response, 202, { id: "a" });
      else json(response, 503, {}, { "retry-after": "3600" });
    });
    await using bench = await openWorkbench();
    const { result } = await bench.run("http_async", asyncMetadata(server.url), { timeout_seconds: 1 });
    expect(result.status).toBe("timed_out");
    expect(server.received).toHaveLength(2);
  });

  test("a result that is never complete is ended by the deadline", async () => {
    await using server = await serve((request, response, index) => {
      if (request.url.endsWith("/result")) response.writeHead(200).write("part");
      else json(response, index === 0 ? 202 : 200, { id: "a", status: "completed" });
    });
    await using bench = await openWorkbench();
    const { result, http, stdout } = await bench.run(
      "http_async",
      { ...asyncMetadata(server.url), result_url_template: `${server.url}/runs/{run_id}/result` },
      { timeout_seconds: 1 },
    );
    expect(result.status).toBe("timed_out");
    expect(http).toMatchObject({ phase: "result", remote_status: "completed" });
    expect(stdout).toBe("part");
  });

  test("a run without a timeout gets the runner's own", async () => {
    await using server = await serve(() => undefined);
    await using bench = await openWorkbench({ defaultTimeoutSeconds: 1 });
    for (const [kind, metadata] of [
      ["http", { url: server.url }],
      ["http_async", asyncMetadata(server.url)],
    ] as const) {
      const { result } = await bench.run(kind, metadata, { timeout_seconds: null });
      expect(result.status).toBe("timed_out");
      expect(result.error_summary).toContain("1 seconds");
    }
  });
});

test("a response that arrived before the deadline counts, though the event loop was blocked past it", async () => {
  await using bench = await openWorkbench();
  const at = (name: string): string => path.join(bench.directory, name);
  // In another process: this one is about to be blocked. It answers once we are, and says so.
  const child = await spawnServer(`
    const { existsSync, writeFileSync } = require("node:fs");
    const [asked, blocked, answered] = ${JSON.stringify(["asked", "blocked", "answered"].map(at))};
    require("node:http").createServer((q, s) => {
      q.resume();
      writeFileSync(asked, "");
      const timer = setInterval(() => {
        if (!existsSync(blocked)) return;
        clearInterval(timer);
        s.end("in time", () => writeFileSync(answered, ""));
      }, 5);
    }).listen(0, "127.0.0.1", told);
  `);
  try {
    const start = performance.now();
    const run = bench.start("http", { url: `http://127.0.0.1:${child.port}` }, { timeout_seconds: 2 });
    await until("the request came", () => existsSync(at("asked")));
    // From here the loop goes on with its timers, before what has arrived.
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        writeFileSync(at("blocked"), "");
        while (performance.now() < start + 2500 || !existsSync(at("answered")));
        resolve();
      });
    });
    const result = await run.result;
    expect(result.status).toBe("succeeded");
    expect(await readFile(result.stdout_path ?? "", "utf8")).toBe("in time");
  } finally {
    child.process.kill("SIGKILL");
  }
});
