import { readFile } from "node:fs/promises";
import type { Json, RunContext, RuntimeRunner } from "@xrt/contracts";
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { expect, test } from "vitest";
import { AsyncHttpRunner } from "../src/index.ts";
import type { AsyncHttpConfig } from "../src/metadata/async-http-schema.ts";
import { json, serve } from "./servers.ts";
import { openWorkbench } from "./workbench.ts";

/** A runner whose every run takes up what another supervisor left. */
function recovering(state: Json): RuntimeRunner<AsyncHttpConfig> {
  const runner = new AsyncHttpRunner();
  return {
    interfaceVersion: runner.interfaceVersion,
    metadata: runner.metadata,
    run: (invocation, context: RunContext<AsyncHttpConfig>) => runner.recover(invocation, state, context),
    close: () => runner.close(),
  };
}

async function recover(state: Json, url: string, more: Record<string, string> = {}) {
  await using bench = await openWorkbench();
  const runtime = new ExecutorRuntime({ runners: { http_async: recovering(state) } });
  try {
    const result = await runtime.run(
      createInvocation({
        invocation_id: "left-behind",
        runtime_kind: "http_async",
        command: ["x"],
        working_directory: bench.directory,
        timeout_seconds: 30,
        metadata: {
          "http.url": `${url}/kickoff`,
          "http.poll_url_template": `${url}/runs/{run_id}`,
          "http.poll_run_id_path": "id",
          "http.poll_status_path": "status",
          "http.poll_terminal_states": "completed,failed",
          "http.poll_interval_seconds": "0",
          ...more,
        },
      }),
    );
    const stdout = result.stdout_path === null ? "" : await readFile(result.stdout_path, "utf8");
    return { result, stdout };
  } finally {
    await runtime.close();
  }
}

test("a run is taken up where its checkpoint left it, without another kickoff", async () => {
  await using server = await serve((_request, response, index) =>
    json(response, 200, { status: index === 0 ? "running" : "completed" }),
  );
  const { result, stdout } = await recover(
    { version: 1, phase: "running", run_id: "r 1", poll_url: null },
    server.url,
  );
  expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
  expect(result.metadata["http.run_id"]).toBe("r 1");
  expect(stdout).toBe('{"status":"completed"}');
  expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET /runs/r%201",
    "GET /runs/r%201",
  ]);
});

test("a checkpoint's poll URL holds only at the service's own origin", async () => {
  await using other = await serve((_request, response) => json(response, 200, { status: "completed" }));
  await using server = await serve((_request, response) => json(response, 200, { status: "completed" }));
  const header = { "http.poll_url_template": "", "http.poll_url_header": "operation-location" };
  const good = await recover(
    { version: 1, phase: "running", run_id: null, poll_url: `${server.url}/operations/1` },
    server.url,
    header,
  );
  expect(good.result.status).toBe("succeeded");
  const bad = await recover(
    { version: 1, phase: "running", run_id: null, poll_url: other.url },
    server.url,
    header,
  );
  expect(bad.result.status).toBe("failed");
  expect(other.received).toEqual([]);
});

test.each([[null], [{ version: 1, phase: "kickoff" }]])(
  "a kickoff whose reply is unknown (%j) is not sent again without an idempotency key",
  async (state) => {
    await using server = await serve((request, response) =>
      json(response, request.url === "/kickoff" ? 202 : 200, { id: "r", status: "completed" }),
    );
    const { result } = await recover(state, server.url);
    expect(result.status).toBe("failed");
    expect(result.metadata["xrt.error_code"]).toBe("supervisor_died");
    expect(result.error_summary).toContain("http.idempotency_key");
    expect(server.received).toEqual([]);
    const again = await recover(state, server.url, { "http.idempotency_key": "auto" });
    expect(again.result.status).toBe("succeeded");
    expect(server.received[0]?.headers["idempotency-key"]).toBe("left-behind");
  },
);

test("the checkpoint is on disk while the run goes on", async () => {
  const { promise: polled, resolve: poll } = Promise.withResolvers<void>();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  await using server = await serve(async (request, response) => {
    if (request.url === "/kickoff") return json(response, 202, { id: "r" });
    poll();
    await ended;
    return json(response, 200, { status: "completed" });
  });
  await using bench = await openWorkbench();
  const run = bench.start("http_async", {
    url: `${server.url}/kickoff`,
    poll_url_template: `${server.url}/{run_id}`,
    poll_run_id_path: "id",
    poll_status_path: "status",
    poll_terminal_states: "completed",
  });
  await polled;
  const text = await readFile(`${run.directory}/events.ndjson`, "utf8");
  const states = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { type?: string; state?: unknown })
    .filter(({ type }) => type === "checkpoint")
    .map(({ state }) => state);
  expect(states).toEqual([
    { version: 1, phase: "kickoff" },
    { version: 1, phase: "running", run_id: "r", poll_url: `${server.url}/r` },
  ]);
  end();
  await run.result;
});
