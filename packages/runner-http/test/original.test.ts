import { describe, expect, test } from "vitest";
import { json, serve, type Answer } from "./servers.ts";
import { openWorkbench, type Finished } from "./workbench.ts";

// What programs written for the original rely on, case by case. Where we differ on purpose, the title says so.

async function run(
  kind: "http" | "http_async",
  answer: Answer,
  metadata: (url: string) => Record<string, string> = () => ({}),
): Promise<Finished & { lines: string[] }> {
  await using server = await serve(answer);
  await using bench = await openWorkbench();
  const given =
    kind === "http"
      ? { url: `${server.url}/api`, ...metadata(server.url) }
      : { ...asyncDefaults(server.url), ...metadata(server.url) };
  const finished = await bench.run(kind, given, { timeout_seconds: 10 });
  return { ...finished, lines: server.received.map(({ method, url }) => `${method} ${url}`) };
}

function asyncDefaults(url: string): Record<string, string> {
  return {
    url: `${url}/api/workflows/foo/run`,
    poll_url_template: `${url}/api/workflows/runs/{run_id}`,
    poll_run_id_path: "run_id",
    poll_status_path: "status",
    poll_terminal_states: "completed,failed,cancelled",
    poll_success_states: "completed",
    poll_interval_seconds: "0.0",
  };
}

const script =
  (...steps: readonly (readonly [number, unknown])[]): Answer =>
  (_request, response, index) => {
    const [code, value] = steps[index] ?? [500, "asked too often"];
    if (typeof value === "string") response.writeHead(code).end(value);
    else json(response, code, value);
  };

describe("http", () => {
  test("a 2xx is succeeded with the code as exit code, and kind and id are echoed", async () => {
    const { result, lines } = await run("http", script([200, { ok: true }]));
    expect(result).toMatchObject({
      status: "succeeded",
      exit_code: 200,
      runtime_kind: "http",
      error_summary: null,
    });
    expect(lines).toEqual(["POST /api"]);
  });
  test("the method may be lower case", async () => {
    expect((await run("http", script([200, {}]), () => ({ method: "get" }))).lines).toEqual(["GET /api"]);
  });
  test("a 4xx and a 5xx are failed, with HTTP, the code and the start of the body", async () => {
    const bad = await run("http", script([400, "bad request"]));
    expect(bad.result).toMatchObject({
      status: "failed",
      exit_code: 400,
      error_summary: "HTTP 400: bad request",
    });
    const down = await run("http", script([503, "service unavailable"]));
    expect(down.result).toMatchObject({ status: "failed", exit_code: 503 });
  });
  test("a body that is not JSON is rejected as invalid body, for a form as well", async () => {
    for (const more of [{}, { body_format: "form" }]) {
      const { result } = await run("http", script(), () => ({ body: "{not-json", ...more }));
      expect(result.status).toBe("rejected");
      expect(result.error_summary).toContain("invalid body");
    }
    const list = await run("http", script(), () => ({ body: "[1]", body_format: "form" }));
    expect(list.result.error_summary).toContain("invalid body");
  });
  test("an empty key counts as absent", async () => {
    const { result } = await run("http", script([200, {}]), () => ({ method: "", body_format: "" }));
    expect(result.status).toBe("succeeded");
  });
});

describe("http_async", () => {
  test("202, running, completed", async () => {
    const { result, lines } = await run(
      "http_async",
      script([202, { run_id: "abc123" }], [200, { status: "running" }], [200, { status: "completed" }]),
    );
    expect(result).toMatchObject({ status: "succeeded", exit_code: 0, error_summary: null });
    expect(lines).toEqual([
      "POST /api/workflows/foo/run",
      "GET /api/workflows/runs/abc123",
      "GET /api/workflows/runs/abc123",
    ]);
  });
  test("a state that is no success is failed with 1, and named", async () => {
    const { result } = await run("http_async", script([202, { run_id: "a" }], [200, { status: "failed" }]));
    expect(result).toMatchObject({ status: "failed", exit_code: 1 });
    expect(result.error_summary).toContain("failed");
  });
  test("a remote cancelled is cancelled here (the original: failed)", async () => {
    const { result } = await run(
      "http_async",
      script([202, { run_id: "a" }], [200, { status: "cancelled" }]),
    );
    expect(result).toMatchObject({ status: "cancelled", exit_code: 1 });
  });
  test("fields may lie deeper", async () => {
    const { result } = await run(
      "http_async",
      script([202, { run: { id: "abc" } }], [200, { run: { status: "completed" } }]),
      () => ({ poll_run_id_path: "run.id", poll_status_path: "run.status" }),
    );
    expect(result.status).toBe("succeeded");
  });
  test("a 200 with a terminal state is the result", async () => {
    expect((await run("http_async", script([200, { status: "completed" }]))).result.status).toBe("succeeded");
    expect((await run("http_async", script([200, { status: "failed" }]))).result.status).toBe("failed");
  });
  test("a 200 with another state, or none, is an acknowledgement", async () => {
    for (const first of [{ accepted: true, status: "started" }, { accepted: true }]) {
      const { result } = await run(
        "http_async",
        script([200, first], [200, { status: "completed" }]),
        (url) => ({
          poll_url_template: `${url}/by-conv/abc`,
          poll_run_id_path: "",
        }),
      );
      expect(result.status).toBe("succeeded");
    }
  });
  test("a 202 is polled, whatever state it shows", async () => {
    const { lines } = await run(
      "http_async",
      script([202, { run_id: "a", status: "completed" }], [200, { status: "completed" }]),
    );
    expect(lines).toHaveLength(2);
  });
  test("acknowledged, not registered yet, completed", async () => {
    const { result } = await run(
      "http_async",
      script(
        [200, { status: "started" }],
        [404, "not yet"],
        [404, "not yet"],
        [200, { run: { status: "completed" } }],
      ),
      (url) => ({
        poll_url_template: `${url}/by-conv/abc`,
        poll_run_id_path: "",
        poll_status_path: "run.status",
        poll_pending_codes: "404",
      }),
    );
    expect(result.status).toBe("succeeded");
  });
  test("another kickoff code is failed, with the code", async () => {
    const { result } = await run("http_async", script([500, "boom"]));
    expect(result.status).toBe("failed");
    expect(result.error_summary).toMatch(/kickoff.*HTTP 500: boom/);
  });
  test("a run id that is not there has no field at path", async () => {
    const { result } = await run("http_async", script([202, { unexpected_field: "abc" }]));
    expect(result.status).toBe("failed");
    expect(result.error_summary).toContain('no field at path "run_id"');
  });
  test("a state that is not there has no field at path", async () => {
    const { result } = await run("http_async", script([202, { run_id: "a" }], [200, { unexpected: 1 }]));
    expect(result.error_summary).toContain('no field at path "status"');
  });
  test("a 503 while polling is failed with its code, after as many as are allowed (the original: at once)", async () => {
    const { result, lines } = await run(
      "http_async",
      script([202, { run_id: "a" }], [503, "upstream down"], [503, "upstream down"]),
      () => ({ poll_max_errors: "2" }),
    );
    expect(result.status).toBe("failed");
    expect(result.error_summary).toContain("HTTP 503: upstream down");
    expect(lines).toHaveLength(3);
  });
  test("the interval is kept between polls", async () => {
    const times: number[] = [];
    await run(
      "http_async",
      (request, response, index) => {
        times.push(performance.now());
        return script([202, { run_id: "a" }], [200, { status: "running" }], [200, { status: "completed" }])(
          request,
          response,
          index,
        );
      },
      () => ({ poll_interval_seconds: "0.3" }),
    );
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThan(290);
  });
});
