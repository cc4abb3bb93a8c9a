import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { json, serve, type TestServer } from "./servers.ts";
import { openWorkbench, until } from "./workbench.ts";

function events(response: ServerResponse, text: string): ServerResponse {
  response.writeHead(200, { "content-type": "text/event-stream" }).write(text);
  return response;
}

const lines = ({ received }: TestServer): string[] => received.map(({ method, url }) => `${method} ${url}`);

const metadata = (url: string, more: Record<string, string> = {}): Record<string, string> => ({
  url: `${url}/kickoff`,
  completion: "stream",
  sse_terminal_events: "run.completed,run.failed",
  ...more,
});

const polled = (url: string): Record<string, string> => ({
  poll_url_template: `${url}/runs/{run_id}`,
  poll_run_id_path: "run.id",
  poll_status_path: "status",
  poll_terminal_states: "completed,failed",
  poll_interval_seconds: "0",
});

const begun = 'event: run.started\ndata: {"run":{"id":7}}\n\n';

test("a kickoff that is answered with the run's events is followed to the terminal one", async () => {
  await using server = await serve((_request, response) => {
    events(response, `${begun}event: run.completed\ndata: {"answer":42}\n\n`);
  });
  await using bench = await openWorkbench();
  const {
    result,
    http,
    stdout,
    events: told,
  } = await bench.run(
    "http_async",
    metadata(server.url, {
      poll_run_id_path: "run.id",
      result_path: "answer",
      cleanup_url_template: `${server.url}/runs/{run_id}`,
    }),
  );
  expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
  expect(stdout).toBe("42");
  expect(http).toMatchObject({ run_id: "7", events: "2", remote_status: "run.completed", phase: "stream" });
  expect(result.artifacts.map(({ kind }) => kind)).toContain("http_events");
  expect(told).toContainEqual(expect.objectContaining({ type: "started", remote_id: "7" }));
  expect(lines(server)).toEqual(["POST /kickoff", "DELETE /runs/7"]);
  expect(server.received[0]?.headers.accept).toContain("text/event-stream");
  await until("the stream is closed", () => server.open.size <= 1);
});

test("it may end in a failure", async () => {
  await using server = await serve((_request, response) => {
    events(response, "event: run.failed\ndata: out of tokens\n\n");
  });
  await using bench = await openWorkbench();
  const { result, stdout } = await bench.run("http_async", metadata(server.url));
  expect(result).toMatchObject({ status: "failed", exit_code: 1 });
  expect(result.error_summary).toContain('"run.failed"');
  expect(stdout).toBe("out of tokens");
});

test.each([
  ["ends in order", (response: ServerResponse) => void response.end()],
  ["breaks off", (response: ServerResponse) => void response.socket?.end()],
])("a stream that %s without a terminal event is polled by the run id that it told", async (_name, end) => {
  await using server = await serve((request, response) => {
    if (request.method === "POST") end(events(response, begun));
    else json(response, 200, { status: "completed" });
  });
  await using bench = await openWorkbench();
  const { result, http } = await bench.run("http_async", metadata(server.url, polled(server.url)));
  expect(result.error_summary).toBeNull();
  expect(http).toMatchObject({ run_id: "7", polls: "1", events: "1" });
  // The kickoff is never sent twice.
  expect(lines(server)).toEqual(["POST /kickoff", "GET /runs/7"]);
});

test("it is taken up at the stream URL, from the last event on, where there is one", async () => {
  await using server = await serve((request, response) => {
    if (request.method === "POST") events(response, `retry: 1\nid: 5\n${begun}`).socket?.end();
    else events(response, "event: run.completed\ndata: done\n\n");
  });
  await using bench = await openWorkbench();
  const { result, http } = await bench.run(
    "http_async",
    metadata(server.url, {
      poll_run_id_path: "run.id",
      stream_url_template: `${server.url}/runs/{run_id}/events`,
    }),
  );
  expect(result.status).toBe("succeeded");
  expect(http["events"]).toBe("2");
  expect(lines(server)).toEqual(["POST /kickoff", "GET /runs/7/events"]);
  expect(server.received[1]?.headers["last-event-id"]).toBe("5");
});

test("without a terminal event, and nothing to poll, it is no success", async () => {
  await using server = await serve((_request, response) => void events(response, "data: 1\n\n").end());
  await using bench = await openWorkbench();
  const bare = await bench.run("http_async", metadata(server.url));
  expect(bare.result.status).toBe("failed");
  expect(bare.result.error_summary).toMatch(/without a terminal event, and there is no URL to poll/);
  const nameless = await bench.run("http_async", metadata(server.url, polled(server.url)));
  expect(nameless.result.error_summary).toMatch(/no event of it has the run id at path "run.id"/);
  expect(lines(server)).toEqual(["POST /kickoff", "POST /kickoff"]);
});

test("a kickoff that is answered otherwise is polled, or tells what is missing", async () => {
  await using server = await serve((request, response) => {
    if (request.method === "POST") json(response, 202, { run: { id: 7 } });
    else json(response, 200, { status: "completed" });
  });
  await using bench = await openWorkbench();
  const plain = await bench.run("http_async", metadata(server.url, polled(server.url)));
  expect(plain.result.status).toBe("succeeded");
  const bare = await bench.run("http_async", metadata(server.url));
  expect(bare.result.status).toBe("failed");
  expect(bare.result.error_summary).toMatch(/no stream of events.*http.stream_url_template/);
});

test("the deadline ends it in the middle, and the run is cancelled by its id", async () => {
  await using server = await serve((request, response) => {
    if (request.url === "/kickoff") events(response, begun);
    else json(response, 200, {});
  });
  await using bench = await openWorkbench();
  const { result, http } = await bench.run(
    "http_async",
    metadata(server.url, {
      poll_run_id_path: "run.id",
      cancel_url_template: `${server.url}/runs/{run_id}/cancel`,
    }),
    { timeout_seconds: 1 },
  );
  expect(result.status).toBe("timed_out");
  expect(http).toMatchObject({ cancel_sent: "true", run_id: "7", phase: "stream" });
  expect(lines(server)).toEqual(["POST /kickoff", "POST /runs/7/cancel"]);
  await until("the stream is closed", () => server.open.size <= 1);
});

test("a cancel before the run id is known waits for it; without it nothing is called", async () => {
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers<void>();
  await using server = await serve(async (request, response) => {
    if (request.url !== "/kickoff") return json(response, 200, {});
    const stream = events(response, ": welcome\n\n");
    await cancelled;
    if (request.body === '"tell"') stream.write(begun);
    return undefined;
  });
  await using bench = await openWorkbench();
  const more = {
    poll_run_id_path: "run.id",
    cancel_url_template: `${server.url}/runs/{run_id}/cancel`,
  };
  for (const body of ['"tell"', '"silent"']) {
    const before = server.received.length;
    const run = bench.start("http_async", metadata(server.url, { ...more, body }));
    await until("the kickoff came", () => server.received.length > before);
    const ended = run.cancel();
    cancel();
    const result = await ended;
    expect(result.status).toBe("cancelled");
    expect(result.metadata["http.cancel_sent"]).toBe(body === '"tell"' ? "true" : undefined);
  }
  expect(lines(server)).toEqual(["POST /kickoff", "POST /runs/7/cancel", "POST /kickoff"]);
});
