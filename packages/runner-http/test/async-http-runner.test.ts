import { expect, test } from "vitest";
import { json, serve, type Received } from "./servers.ts";
import { openWorkbench } from "./workbench.ts";

function metadata(url: string): Record<string, string> {
  return {
    url: `${url}/kickoff`,
    poll_url_template: `${url}/runs/{run_id}`,
    poll_run_id_path: "run_id",
    poll_status_path: "status",
    poll_terminal_states: "completed,failed,cancelled",
    poll_interval_seconds: "0",
  };
}

const lines = (received: readonly Received[]): string[] =>
  received.map(({ method, url }) => `${method} ${url}`);

test("a kickoff and its polls come to the remote run's end, whose document is in stdout", async () => {
  await using server = await serve((_request, response, index) => {
    if (index === 0) json(response, 202, { run_id: "abc 1" });
    else json(response, 200, { status: index < 3 ? "running" : "completed", answer: 42 });
  });
  await using bench = await openWorkbench();
  const { result, stdout, http, events } = await bench.run("http_async", metadata(server.url));
  expect(result).toMatchObject({ status: "succeeded", exit_code: 0, error_summary: null });
  expect(stdout).toBe('{"status":"completed","answer":42}');
  expect(http).toMatchObject({
    run_id: "abc 1",
    polls: "3",
    attempts: "1",
    remote_status: "completed",
    status_code: "200",
  });
  expect(lines(server.received)).toEqual([
    "POST /kickoff",
    "GET /runs/abc%201",
    "GET /runs/abc%201",
    "GET /runs/abc%201",
  ]);
  expect(events).toContainEqual(
    expect.objectContaining({ type: "started", remote_id: "abc 1", url: `${server.url}/runs/abc%201` }),
  );
  expect(events).toContainEqual(
    expect.objectContaining({
      type: "checkpoint",
      state: { version: 1, phase: "running", run_id: "abc 1", poll_url: `${server.url}/runs/abc%201` },
    }),
  );
});
