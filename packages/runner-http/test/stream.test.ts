import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { json, serve, type TestServer } from "./servers.ts";
import { openWorkbench, until, type Finished } from "./workbench.ts";

function events(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
}

async function recorded({ result }: Finished): Promise<unknown[]> {
  const path = result.artifacts.find(({ kind }) => kind === "http_events")?.path;
  if (path === undefined) return [];
  return (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

const lines = ({ received }: TestServer): string[] => received.map(({ method, url }) => `${method} ${url}`);
const sse = (url: string, more: Record<string, string> = {}): Record<string, string> => ({
  url,
  response_mode: "sse",
  sse_terminal_events: "done,error",
  ...more,
});

describe("http.response_mode=sse", () => {
  test("reads events to the terminal one: into NDJSON, to emit, and the bytes into stdout", async () => {
    const stream = 'id: 1\ndata: {"n":1}\n\nevent: step\ndata: two\n\nevent: done\ndata: bye\n\n';
    await using server = await serve((_request, response) => void events(response).write(stream));
    await using bench = await openWorkbench();
    const finished = await bench.run("http", sse(server.url, { body: '{"go":true}' }));
    expect(finished.result).toMatchObject({ status: "succeeded", exit_code: 200 });
    expect(finished.stdout).toBe(stream);
    const expected = [
      { event: "message", data: '{"n":1}', id: "1" },
      { event: "step", data: "two", id: "1" },
      { event: "done", data: "bye", id: "1" },
    ];
    expect(await recorded(finished)).toEqual(expected);
    const emitted = finished.events.flatMap((event) =>
      event.type === "http.events" && "data" in event ? (event.data as unknown[]) : [],
    );
    expect(emitted).toEqual(expected);
    expect(finished.http).toMatchObject({ events: "3", remote_status: "done", phase: "stream" });
    expect(server.received).toMatchObject([
      { method: "POST", body: '{"go":true}', headers: { accept: "text/event-stream" } },
    ]);
    // The stream was still open.
    await until("the connection is closed", () => server.open.size === 0);
  });

  test("fails by an event whose name says so, whatever the HTTP status", async () => {
    await using server = await serve(
      (_request, response) => void events(response).end("event: error\ndata: x\n\n"),
    );
    await using bench = await openWorkbench();
    const { result } = await bench.run("http", sse(server.url));
    expect(result).toMatchObject({ status: "failed", exit_code: 200 });
    expect(result.error_summary).toBe('the stream ended with "error"');
  });

  test("takes the end from the data, or from a state inside the data", async () => {
    await using server = await serve((request, response) => {
      events(response).end(
        request.url === "/data"
          ? "data: a\n\ndata: [DONE]\n\n"
          : 'data: {"run":{"state":"busy"}}\n\ndata: no JSON\n\ndata: {"run":{"state":"failed"}}\n\n',
      );
    });
    await using bench = await openWorkbench();
    const byData = await bench.run("http", {
      url: `${server.url}/data`,
      response_mode: "sse",
      sse_terminal_data: "[DONE]",
    });
    expect(byData.result.status).toBe("succeeded");
    const byState = await bench.run("http", {
      url: `${server.url}/state`,
      response_mode: "sse",
      sse_status_path: "run.state",
      sse_terminal_states: "completed,failed",
    });
    expect(byState.result.status).toBe("failed");
    expect(byState.http["remote_status"]).toBe("failed");
  });

  test("never takes a clean end without a terminal event for a success", async () => {
    await using server = await serve(
      (_request, response) => void events(response).end("data: a\n\nevent: done\n"),
    );
    await using bench = await openWorkbench();
    const finished = await bench.run("http", sse(server.url));
    expect(finished.result.status).toBe("failed");
    expect(finished.result.error_summary).toBe("the stream ended without a terminal event");
    expect(await recorded(finished)).toHaveLength(1);
    expect(server.received).toHaveLength(1);
  });

  test("reconnects a GET from the last event on, and not a POST", async () => {
    await using server = await serve((request, response, index) => {
      if (index === 0) {
        events(response).write("retry: 10\nid: a\u00e9\ndata: 1\n\n");
        setTimeout(() => response.destroy(), 50);
      } else if (index === 1) events(response).end("id: b\ndata: 2\n\n");
      else if (index === 2) response.writeHead(503).end();
      else events(response).end(request.method === "GET" ? "event: done\ndata: 3\n\n" : "");
    });
    await using bench = await openWorkbench();
    const finished = await bench.run("http", sse(server.url, { method: "GET" }));
    expect(finished.result).toMatchObject({ status: "succeeded" });
    expect(await recorded(finished)).toMatchObject([{ data: "1" }, { data: "2" }, { data: "3", id: "b" }]);
    const ids = server.received.map(({ headers }) => headers["last-event-id"]);
    expect(ids).toEqual([undefined, Buffer.from("aé").toString("latin1"), "b", "b"]);

    await using other = await serve((_request, response) => {
      events(response).write("id: a\ndata: 1\n\n");
      setTimeout(() => response.destroy(), 50);
    });
    const post = await bench.run("http", sse(other.url));
    expect(post.result.status).toBe("failed");
    expect(post.result.error_summary).toContain("http error");
    expect(other.received).toHaveLength(1);
  });

  test("gives up after as many broken connections in a row as are allowed", async () => {
    await using server = await serve((_request, response, index) => {
      if (index > 0) {
        response.destroy();
        return;
      }
      events(response).write("retry: 1\nid: a\ndata: 1\n\n");
      setTimeout(() => response.destroy(), 50);
    });
    await using bench = await openWorkbench();
    const { result } = await bench.run("http", sse(server.url, { method: "GET", sse_max_reconnects: "2" }));
    expect(result.status).toBe("failed");
    // Each GET of the two reconnects is sent once more when its connection closes unanswered.
    expect(new Set(server.received.slice(1).map(({ headers }) => headers["last-event-id"]))).toEqual(
      new Set(["a"]),
    );
  });

  test("a silent stream ends as timed_out by the idle limit, which heartbeats reset", async () => {
    await using silent = await serve((_request, response) => void events(response).write("data: 1\n\n"));
    await using bench = await openWorkbench();
    const { result } = await bench.run("http", sse(silent.url, { sse_idle_seconds: "0.2" }));
    expect(result.status).toBe("timed_out");
    expect(result.error_summary).toContain("silent for 0.2 seconds");
    expect(result.metadata["xrt.error_code"]).toBe("idle");

    await using beating = await serve((_request, response) => {
      events(response);
      let beats = 0;
      const timer = setInterval(() => {
        beats += 1;
        response.write(beats < 12 ? ":\n" : "event: done\ndata: x\n\n");
      }, 100);
      response.on("close", () => clearInterval(timer));
    });
    const kept = await bench.run("http", sse(beating.url, { sse_idle_seconds: "1" }));
    expect(kept.result.status).toBe("succeeded");
  });

  test("a response that is no stream is kept, and fails", async () => {
    await using server = await serve((request, response) => {
      if (request.url === "/500") response.writeHead(500).end("broken");
      else if (request.url === "/204") response.writeHead(204).end();
      else json(response, 200, { not: "events" });
    });
    await using bench = await openWorkbench();
    const plain = await bench.run("http", sse(server.url));
    expect(plain.result.error_summary).toContain(
      "expected a stream of text/event-stream, got application/json",
    );
    expect(plain.stdout).toBe('{"not":"events"}');
    const broken = await bench.run("http", sse(`${server.url}/500`));
    expect(broken.result.error_summary).toBe("HTTP 500: broken");
    const empty = await bench.run("http", sse(`${server.url}/204`));
    expect(empty.result.error_summary).toContain("without a terminal event");
  });

  test("the deadline ends a stream that goes on for ever, with its events kept", async () => {
    await using server = await serve((_request, response) => {
      events(response);
      const timer = setInterval(() => response.write("data: more\n\n"), 20);
      response.on("close", () => clearInterval(timer));
    });
    await using bench = await openWorkbench();
    const finished = await bench.run("http", sse(server.url), { timeout_seconds: 1 });
    expect(finished.result.status).toBe("timed_out");
    expect((await recorded(finished)).length).toBe(Number(finished.http["events"]));
    expect(Number(finished.http["events"])).toBeGreaterThan(1);
    await until("the connection is closed", () => server.open.size === 0);
  });
});

const streamed = (url: string, more: Record<string, string> = {}): Record<string, string> => ({
  url: `${url}/kickoff`,
  completion: "stream",
  stream_url_template: `${url}/runs/{run_id}/events`,
  poll_run_id_path: "id",
  sse_terminal_events: "run.completed,run.failed",
  ...more,
});

const polled = (url: string): Record<string, string> => ({
  poll_url_template: `${url}/runs/{run_id}`,
  poll_status_path: "status",
  poll_terminal_states: "completed,failed",
  poll_interval_seconds: "0",
});

describe("http.completion=stream", () => {
  test("follows the run's events to its end, whose data is in stdout", async () => {
    await using server = await serve((request, response) => {
      if (request.url === "/kickoff") json(response, 202, { id: "r" });
      else events(response).write('data: {"p":1}\n\nevent: run.completed\ndata: {"answer":42}\n\n');
    });
    await using bench = await openWorkbench();
    const finished = await bench.run("http_async", streamed(server.url, { result_path: "answer" }));
    expect(finished.result).toMatchObject({ status: "succeeded", exit_code: 0 });
    expect(finished.stdout).toBe("42");
    expect(await recorded(finished)).toHaveLength(2);
    expect(lines(server)).toEqual(["POST /kickoff", "GET /runs/r/events"]);
  });

  test("takes the end from the poll's status path and states", async () => {
    await using server = await serve((request, response) => {
      if (request.url === "/kickoff") json(response, 202, { id: "r" });
      else events(response).end('data: {"status":"running"}\n\ndata: {"status":"failed"}\n\n');
    });
    await using bench = await openWorkbench();
    const { sse_terminal_events: _, ...rest } = streamed(server.url, polled(server.url));
    const { result } = await bench.run("http_async", rest);
    expect(result).toMatchObject({ status: "failed", exit_code: 1 });
    expect(result.error_summary).toContain('"failed"');
  });

  test("polls when the stream ends without a terminal event", async () => {
    await using server = await serve((request, response) => {
      if (request.url === "/kickoff") json(response, 202, { id: "r" });
      else if (request.url === "/runs/r") json(response, 200, { status: "completed" });
      else events(response).end("data: 1\n\n");
    });
    await using bench = await openWorkbench();
    const { result, http } = await bench.run("http_async", streamed(server.url, polled(server.url)));
    expect(result.status).toBe("succeeded");
    expect(http).toMatchObject({ polls: "1", events: "1" });
    expect(lines(server)).toEqual(["POST /kickoff", "GET /runs/r/events", "GET /runs/r"]);
  });

  test("reconnects with Last-Event-ID, and polls when the stream is lost for good", async () => {
    let streams = 0;
    await using server = await serve((request, response) => {
      if (request.url === "/kickoff") return json(response, 202, { id: "r" });
      if (request.url === "/runs/r") return json(response, 200, { status: "completed" });
      streams += 1;
      if (streams > 1) return void response.writeHead(503).end();
      events(response).write("retry: 1\nid: 5\ndata: 1\n\n");
      setTimeout(() => response.destroy(), 50);
    });
    await using bench = await openWorkbench();
    const finished = await bench.run(
      "http_async",
      streamed(server.url, { ...polled(server.url), sse_max_reconnects: "2" }),
    );
    expect(finished.result.status).toBe("succeeded");
    expect(lines(server)).toEqual([
      "POST /kickoff",
      "GET /runs/r/events",
      "GET /runs/r/events",
      "GET /runs/r/events",
      "GET /runs/r",
    ]);
    expect(server.received.slice(2, 4).map(({ headers }) => headers["last-event-id"])).toEqual(["5", "5"]);
    expect(finished.events).toContainEqual(expect.objectContaining({ type: "warning", code: "stream_lost" }));
  });

  test("fails when the stream ends for good and nothing can be polled", async () => {
    await using server = await serve((request, response) => {
      if (request.url === "/kickoff") json(response, 202, { id: "r" });
      else if (server.received.length < 3) events(response).end("retry: 1\ndata: 1\n\n");
      else response.writeHead(204).end();
    });
    await using bench = await openWorkbench();
    const { result } = await bench.run("http_async", streamed(server.url));
    expect(result.status).toBe("failed");
    expect(result.error_summary).toContain("without a terminal event");
  });

  test("cancels the remote run at the deadline", async () => {
    await using server = await serve((request, response) => {
      if (request.url === "/kickoff") json(response, 202, { id: "r" });
      else if (request.url.endsWith("/events")) events(response).write("data: 1\n\n");
      else json(response, 200, {});
    });
    await using bench = await openWorkbench();
    const { result, http } = await bench.run(
      "http_async",
      streamed(server.url, { cancel_url_template: `${server.url}/runs/{run_id}`, cancel_method: "DELETE" }),
      { timeout_seconds: 1 },
    );
    expect(result.status).toBe("timed_out");
    expect(http).toMatchObject({ cancel_sent: "true", phase: "stream" });
    expect(lines(server).at(-1)).toBe("DELETE /runs/r");
  });
});
