import { describe, expect, test } from "vitest";
import { json, serve, serveRaw, type Answer, type Received, type TestServer } from "./servers.ts";
import { openWorkbench, until } from "./workbench.ts";

function metadata(url: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    url: `${url}/kickoff`,
    poll_url_template: `${url}/runs/{run_id}`,
    poll_run_id_path: "id",
    poll_status_path: "status",
    poll_terminal_states: "completed,failed,cancelled",
    poll_interval_seconds: "0",
    ...more,
  };
}

const lines = ({ received }: TestServer): string[] =>
  received.map(({ method, url }: Received) => `${method} ${url}`);

/** A service that accepts a run "r" and answers its polls in turn; the last answer stays. */
function service(...polls: readonly Answer[]): Answer {
  let next = 0;
  return (request, response, index) => {
    if (request.url === "/kickoff") return json(response, 202, { id: "r" });
    if (request.url !== "/runs/r") return json(response, 200, {});
    const answer = polls[Math.min(next, polls.length - 1)];
    next += 1;
    return answer?.(request, response, index);
  };
}

const state =
  (status: unknown): Answer =>
  (_request, response) =>
    json(response, 200, { status });
const code =
  (statusCode: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(statusCode, headers).end("not now");
const completed = state("completed");

describe.each([
  ["408", code(408)],
  ["425", code(425)],
  ["429", code(429)],
  ["500", code(500)],
  ["502", code(502)],
  ["503", code(503)],
  ["a reset", ((_request, response) => void response.socket?.resetAndDestroy()) satisfies Answer],
  ["a close", ((_request, response) => void response.socket?.destroy()) satisfies Answer],
  ["a page that is not JSON", ((_request, response) => void response.end("<html>")) satisfies Answer],
  ["an empty body", ((_request, response) => void response.end()) satisfies Answer],
])("%s while polling", (_name, trouble) => {
  test("is waited out", async () => {
    await using server = await serve(service(trouble, trouble, completed));
    await using bench = await openWorkbench();
    const { result, http } = await bench.run("http_async", metadata(server.url));
    expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
    expect(http["polls"]).toBe("3");
    expect(lines(server)).toEqual(["POST /kickoff", "GET /runs/r", "GET /runs/r", "GET /runs/r"]);
  });

  test("in a row comes to an end", async () => {
    await using server = await serve(service(trouble));
    await using bench = await openWorkbench();
    const { result } = await bench.run("http_async", metadata(server.url, { poll_max_errors: "3" }));
    expect(result).toMatchObject({ status: "failed", exit_code: null });
    expect(result.error_summary).toMatch(/poll.*3 polls failed in a row/);
    expect(server.received).toHaveLength(4);
  });
});

test("five polls may fail in a row by default, and one that works resets the count", async () => {
  await using server = await serve(
    service(
      code(500),
      code(500),
      code(500),
      code(500),
      state("running"),
      ...Array.from({ length: 9 }, () => code(503)),
    ),
  );
  await using bench = await openWorkbench();
  const { result } = await bench.run("http_async", metadata(server.url));
  expect(result.error_summary).toMatch(/poll expected HTTP 200, got HTTP 503: not now \(5 polls failed/);
  expect(server.received).toHaveLength(1 + 4 + 1 + 5);
});

describe.each([401, 403, 410, 404, 400])("HTTP %d while polling", (statusCode) => {
  test("fails at once", async () => {
    await using server = await serve(service(code(statusCode), completed));
    await using bench = await openWorkbench();
    const { result, stdout } = await bench.run("http_async", metadata(server.url));
    expect(result.status).toBe("failed");
    expect(result.error_summary).toContain(`HTTP ${statusCode}: not now`);
    expect(stdout).toBe("not now");
    expect(server.received).toHaveLength(2);
  });
});

test("a pending code keeps polling", async () => {
  await using server = await serve(service(code(404), code(409), completed));
  await using bench = await openWorkbench();
  const { result } = await bench.run("http_async", metadata(server.url, { poll_pending_codes: "404, 409" }));
  expect(result.status).toBe("succeeded");
});

test("Retry-After is honoured in seconds and as a date", async () => {
  const times: number[] = [];
  const note =
    (answer: Answer): Answer =>
    (...all) => {
      times.push(performance.now());
      return answer(...all);
    };
  await using server = await serve(
    service(
      note(code(429, { "retry-after": "1" })),
      note((request, response, index) =>
        code(503, { "retry-after": new Date(Date.now() + 2000).toUTCString() })(request, response, index),
      ),
      note(completed),
    ),
  );
  await using bench = await openWorkbench();
  const { result } = await bench.run("http_async", metadata(server.url));
  expect(result.status).toBe("succeeded");
  const [first = 0, second = 0, third = 0] = times;
  // A date has whole seconds, so that up to one is lost.
  expect(second - first).toBeGreaterThan(900);
  expect(third - second).toBeGreaterThan(900);
});

const again: Answer = (_request, response) =>
  json(response, 200, { status: "running" }, { "retry-after": "0" });

test("a server's Retry-After sets the pace where no interval is given, and none where one is", async () => {
  const answer = service(...Array.from({ length: 10 }, () => again), completed);
  const slow = service(
    (_request, response) => json(response, 200, { status: "running" }, { "retry-after": "3600" }),
    completed,
  );
  await using bench = await openWorkbench();
  await using quick = await serve(answer);
  const { poll_interval_seconds: _, ...rest } = metadata(quick.url);
  const start = performance.now();
  expect((await bench.run("http_async", rest)).result.status).toBe("succeeded");
  // Ten default intervals would take twenty seconds.
  expect(performance.now() - start).toBeLessThan(15_000);
  await using constant = await serve(slow);
  expect((await bench.run("http_async", metadata(constant.url))).result.status).toBe("succeeded");
});

describe("a kickoff", () => {
  test("is never sent twice without an idempotency key", async () => {
    await using server = await serve((_request, response) => void response.writeHead(503).end("busy"));
    await using bench = await openWorkbench();
    const { result, stdout } = await bench.run("http_async", metadata(server.url));
    expect(result.error_summary).toBe("kickoff expected HTTP 202 or 200, got HTTP 503: busy");
    expect(stdout).toBe("busy");
    expect(lines(server)).toEqual(["POST /kickoff"]);
  });

  test("is sent again with the same key, the run's own id, when one is set", async () => {
    let kickoffs = 0;
    await using server = await serve((request, response, index) => {
      if (request.url !== "/kickoff") return completed(request, response, index);
      kickoffs += 1;
      if (kickoffs === 1) return code(503)(request, response, index);
      if (kickoffs === 2) return void response.socket?.destroy();
      return json(response, 202, { id: "r" });
    });
    await using bench = await openWorkbench();
    const { result, http } = await bench.run(
      "http_async",
      metadata(server.url, { idempotency_key: "auto" }),
      { invocation_id: "order-7" },
    );
    expect(result.status).toBe("succeeded");
    expect(http["attempts"]).toBe("3");
    expect(server.received.slice(0, 3).map(({ headers }) => headers["idempotency-key"])).toEqual([
      "order-7",
      "order-7",
      "order-7",
    ]);
    expect(server.received[3]?.headers["idempotency-key"]).toBeUndefined();
  });

  test("is on a connection of its own", async () => {
    await using server = await serve(service(state("running"), state("running"), completed));
    await using bench = await openWorkbench();
    await bench.run("http_async", metadata(server.url));
    await bench.run("http_async", metadata(server.url));
    const kickoffs = server.received.filter(({ url }) => url === "/kickoff");
    const others = server.received.filter(({ url }) => url !== "/kickoff");
    expect(new Set(kickoffs.map(({ connection }) => connection)).size).toBe(2);
    expect(kickoffs.map(({ headers }) => headers.connection)).toEqual(["close", "close"]);
    expect(new Set(others.map(({ connection }) => connection)).size).toBe(1);
  });
});

const more = (url: string): Record<string, string> => ({
  cancel_url_template: `${url}/runs/{run_id}/cancel`,
});

describe.concurrent("a remote run in flight", () => {
  test("is cancelled at the deadline, and asked once more", async () => {
    await using server = await serve(service(state("running")));
    await using bench = await openWorkbench();
    const { result, http } = await bench.run(
      "http_async",
      metadata(server.url, { ...more(server.url), poll_interval_seconds: "60" }),
      { timeout_seconds: 1 },
    );
    expect(result.status).toBe("timed_out");
    expect(http).toMatchObject({ cancel_sent: "true", remote_status: "running", phase: "sleep" });
    expect(lines(server)).toEqual(["POST /kickoff", "GET /runs/r", "POST /runs/r/cancel", "GET /runs/r"]);
  });

  test("that turns out to be completed means succeeded, with its result", async () => {
    await using server = await serve(service(state("running"), completed));
    await using bench = await openWorkbench();
    const { result, http, stdout } = await bench.run(
      "http_async",
      metadata(server.url, { ...more(server.url), poll_interval_seconds: "60" }),
      { timeout_seconds: 1 },
    );
    expect(result).toMatchObject({ status: "succeeded", exit_code: 0, error_summary: null });
    expect(http["cancel_sent"]).toBe("true");
    expect(stdout).toBe('{"status":"completed"}');
  });

  test("is cancelled when the caller cancels, and the run is cancelled", async () => {
    await using server = await serve(service(state("running"), state("cancelled")));
    await using bench = await openWorkbench();
    const run = bench.start(
      "http_async",
      metadata(server.url, { ...more(server.url), poll_interval_seconds: "60" }),
    );
    await until("the first poll came", () => server.received.length === 2);
    const result = await run.cancel("changed my mind");
    expect(result.status).toBe("cancelled");
    expect(result.error_summary).toMatch(/cancelled.*changed my mind.*"cancelled"/);
    expect(result.metadata).toMatchObject({ "http.cancel_sent": "true", "http.remote_status": "cancelled" });
    expect(lines(server).slice(2)).toEqual(["POST /runs/r/cancel", "GET /runs/r"]);
  });

  test("whose cancel hangs does not hold the result beyond the grace", async () => {
    await using server = await serve((request, response, index) => {
      if (request.url.endsWith("/cancel")) return undefined;
      return service(state("running"))(request, response, index);
    });
    await using bench = await openWorkbench();
    const run = bench.start(
      "http_async",
      metadata(server.url, { ...more(server.url), poll_interval_seconds: "60" }),
    );
    await until("the first poll came", () => server.received.length === 2);
    const start = performance.now();
    const result = await run.cancel();
    expect(result.status).toBe("cancelled");
    expect(result.metadata["xrt.error_code"]).toBe("cancelled");
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test("is waited for when the cancel arrives before the kickoff's reply", async () => {
    const { promise: replied, resolve: reply } = Promise.withResolvers<void>();
    await using server = await serve(async (request, response) => {
      if (request.url === "/kickoff") await replied;
      json(response, request.url === "/kickoff" ? 202 : 200, { id: "late", status: "cancelled" });
    });
    await using bench = await openWorkbench();
    const run = bench.start("http_async", metadata(server.url, more(server.url)));
    await until("the kickoff came", () => server.received.length === 1);
    const cancelled = run.cancel();
    // Long after the cancel, and within the grace.
    setTimeout(reply, 300);
    const result = await cancelled;
    expect(result.status).toBe("cancelled");
    expect(result.metadata).toMatchObject({ "http.run_id": "late", "http.cancel_sent": "true" });
    expect(lines(server)).toEqual(["POST /kickoff", "POST /runs/late/cancel", "GET /runs/late"]);
  });

  test("is cancelled when we give up polling it", async () => {
    await using server = await serve(service(code(403)));
    await using bench = await openWorkbench();
    const { result, http } = await bench.run("http_async", metadata(server.url, more(server.url)));
    expect(result.status).toBe("failed");
    expect(result.error_summary).toContain("HTTP 403");
    expect(http["cancel_sent"]).toBe("true");
    expect(lines(server)).toEqual(["POST /kickoff", "GET /runs/r", "POST /runs/r/cancel"]);
  });

  test("without a cancel URL ends with the deadline at once, and nothing more is sent", async () => {
    await using server = await serve(service(state("running")));
    await using bench = await openWorkbench();
    const { result, http } = await bench.run(
      "http_async",
      metadata(server.url, { poll_interval_seconds: "60" }),
      { timeout_seconds: 1 },
    );
    expect(result.status).toBe("timed_out");
    expect(http["cancel_sent"]).toBeUndefined();
    expect(server.received).toHaveLength(2);
  });
});

describe("what a run came to", () => {
  test("is fetched from the result URL, retried through trouble, and cleaned up behind", async () => {
    let results = 0;
    await using server = await serve((request, response, index) => {
      if (request.url === "/runs/r/result") {
        results += 1;
        return results === 1 ? code(503)(request, response, index) : void response.end("the result");
      }
      return service(completed)(request, response, index);
    });
    await using bench = await openWorkbench();
    const { result, stdout, http } = await bench.run(
      "http_async",
      metadata(server.url, {
        result_url_template: `${server.url}/runs/{run_id}/result`,
        cleanup_url_template: `${server.url}/runs/{run_id}/data`,
      }),
    );
    expect(result.status).toBe("succeeded");
    expect(stdout).toBe("the result");
    expect(http).toMatchObject({ phase: "result", body_bytes: "10" });
    expect(lines(server).slice(2)).toEqual([
      "GET /runs/r/result",
      "GET /runs/r/result",
      "DELETE /runs/r/data",
    ]);
  });

  test("in the kickoff's own response is fetched and cleaned up by the run id in it, if there is one", async () => {
    await using server = await serve((request, response) => {
      if (request.url !== "/kickoff") return json(response, 200, "fetched");
      return json(response, 200, { status: "completed", ...(request.body === '"named"' ? { id: "r" } : {}) });
    });
    await using bench = await openWorkbench();
    const urls = {
      result_url_template: `${server.url}/runs/{run_id}/result`,
      cleanup_url_template: `${server.url}/runs/{run_id}`,
    };
    const named = await bench.run("http_async", metadata(server.url, { ...urls, body: '"named"' }));
    expect(named.stdout).toBe('"fetched"');
    expect(named.http["run_id"]).toBe("r");
    const nameless = await bench.run("http_async", metadata(server.url, { ...urls, body: '"nameless"' }));
    expect(nameless.result.status).toBe("succeeded");
    expect(nameless.stdout).toBe('{"status":"completed"}');
    // Without the id the same URLs would name all runs.
    expect(lines(server)).toEqual(["POST /kickoff", "GET /runs/r/result", "DELETE /runs/r", "POST /kickoff"]);
  });

  test("that cannot be fetched fails the run, which is cleaned up all the same", async () => {
    await using server = await serve((request, response, index) =>
      request.url.endsWith("/result")
        ? code(404)(request, response, index)
        : service(completed)(request, response, index),
    );
    await using bench = await openWorkbench();
    const { result } = await bench.run(
      "http_async",
      metadata(server.url, {
        result_url_template: `${server.url}/runs/{run_id}/result`,
        cleanup_url_template: `${server.url}/runs/{run_id}/data`,
      }),
    );
    expect(result.status).toBe("failed");
    expect(result.error_summary).toMatch(/result could not be fetched: HTTP 404: not now/);
    expect(lines(server).at(-1)).toBe("DELETE /runs/r/data");
  });

  test("is the part at the result path: a string as it is, anything else as JSON", async () => {
    await using server = await serve(
      service((_request, response) =>
        json(response, 200, { status: "completed", output: [{ text: "just text" }, { n: 1 }] }),
      ),
    );
    await using bench = await openWorkbench();
    const part = async (path: string): Promise<string> =>
      (await bench.run("http_async", metadata(server.url, { result_path: path }))).stdout;
    expect(await part("output.0.text")).toBe("just text");
    expect(await part("output.1")).toBe('{"n":1}');
    const { result } = await bench.run("http_async", metadata(server.url, { result_path: "output.2" }));
    expect(result.error_summary).toMatch(/no field at path "output.2"/);
  });

  test("as an error is told from the error path, with the state's name", async () => {
    await using server = await serve(
      service((_request, response) =>
        json(response, 200, { status: "failed", error: { message: "out of tokens" } }),
      ),
    );
    await using bench = await openWorkbench();
    const { result } = await bench.run("http_async", metadata(server.url, { error_path: "error.message" }));
    expect(result).toMatchObject({ status: "failed", exit_code: 1 });
    expect(result.error_summary).toBe('the remote run ended with the state "failed": out of tokens');
    expect(result.metadata["xrt.error_code"]).toBe("remote_failed");
  });
});

describe("states", () => {
  test.each([
    ["completed", "succeeded", 0],
    ["failed", "failed", 1],
    ["cancelled", "cancelled", 1],
    ["paused", "failed", 1],
    ["stale", "timed_out", 1],
    ["good enough", "succeeded", 0],
  ])("%s is %s", async (remote, status, exitCode) => {
    await using server = await serve(service(state("odd"), state(remote)));
    await using bench = await openWorkbench();
    const { result, http } = await bench.run(
      "http_async",
      metadata(server.url, {
        poll_state_map: "paused=failed, stale=timed_out,good enough=succeeded,failed=failed",
      }),
    );
    expect(result).toMatchObject({ status, exit_code: exitCode });
    expect(http).toMatchObject({ remote_status: remote, polls: "2" });
    if (status !== "succeeded") expect(result.error_summary).toContain(`"${remote}"`);
  });

  test("may be numbers and booleans, inside arrays", async () => {
    await using server = await serve(
      service((_request, response) => json(response, 200, { runs: [{ done: false }, { done: true }] })),
    );
    await using bench = await openWorkbench();
    const { result } = await bench.run(
      "http_async",
      metadata(server.url, {
        poll_status_path: "runs.1.done",
        poll_terminal_states: "true",
        poll_success_states: "true",
      }),
    );
    expect(result.status).toBe("succeeded");
  });

  test.each(["constructor.name", "__proto__", "status.length", "runs.length", "runs.-1", "runs.01x"])(
    "are not found at %s",
    async (path) => {
      await using server = await serve(
        service((_request, response) => json(response, 200, { status: "completed", runs: [1] })),
      );
      await using bench = await openWorkbench();
      const { result } = await bench.run("http_async", metadata(server.url, { poll_status_path: path }));
      expect(result.status).toBe("failed");
      expect(result.error_summary).toContain(`no field at path "${path}"`);
    },
  );
});

const run = async (id: string): Promise<{ summary: string | null; asked: string | undefined }> => {
  await using server = await serve((request, response) => {
    if (request.url === "/kickoff") response.writeHead(202).end(`{"id":${id}}`);
    else json(response, 200, { status: "completed" });
  });
  await using bench = await openWorkbench();
  const { result } = await bench.run("http_async", metadata(server.url));
  return { summary: result.error_summary, asked: server.received[1]?.url };
};

describe("a run id", () => {
  test.each([
    ['"a/../b?c=d#e%2f"', "/runs/a%2F..%2Fb%3Fc%3Dd%23e%252f"],
    ['"$&$1"', "/runs/%24%26%241"],
    ["42", "/runs/42"],
    ["12345678901234567890", "/runs/12345678901234567890"],
    ['"@evil.example/"', "/runs/%40evil.example%2F"],
    [`"${"x".repeat(512)}"`, `/runs/${"x".repeat(512)}`],
  ])("%s is one percent-encoded segment", async (id, asked) => {
    expect(await run(id)).toEqual({ summary: null, asked });
  });

  test.each([
    ['"."', /"\." is not a name/],
    ['".."', /"\.\." is not a name/],
    ['""', /empty/],
    ["1.5", /not a whole number/],
    ["true", /expected a string or a number/],
    ['{"a":1}', /expected a string or a number/],
    ["null", /no field at path "id"/],
    ['"\\ud800"', /surrogate/],
    [`"${"x".repeat(513)}"`, /513 characters/],
  ])("%s is refused, and nothing is polled", async (id, sentence) => {
    const { summary, asked } = await run(id);
    expect(summary).toMatch(sentence);
    expect(asked).toBeUndefined();
  });
});

test("a poll that resets in the middle of its body is transient too", async () => {
  await using server = await serveRaw((socket, text, index) => {
    if (text.startsWith("POST")) socket.end('HTTP/1.1 202 Accepted\r\ncontent-length: 10\r\n\r\n{"id":"r"}');
    else if (index === 1)
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", () => void socket.resetAndDestroy());
    else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 22\r\n\r\n{"status":"completed"}');
  });
  await using bench = await openWorkbench();
  const { result } = await bench.run("http_async", metadata(server.url));
  expect(result.status).toBe("succeeded");
  expect(server.received.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
});
