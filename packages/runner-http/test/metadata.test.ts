import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { asyncHttpMetadata, httpMetadata } from "../src/metadata/index.ts";
import { serve } from "./servers.ts";
import { openWorkbench } from "./workbench.ts";

const url = "http://127.0.0.1:9/none";
const polled = {
  url,
  poll_url_template: "http://127.0.0.1:9/{run_id}",
  poll_run_id_path: "id",
  poll_status_path: "status",
  poll_terminal_states: "completed,failed",
};

async function rejection(kind: "http" | "http_async", metadata: Record<string, string>): Promise<string> {
  await using bench = await openWorkbench();
  const { result } = await bench.run(kind, metadata);
  expect(result).toMatchObject({ status: "rejected", exit_code: null });
  expect(result.metadata["xrt.error_code"]).toBe("invalid_metadata");
  return result.error_summary ?? "";
}

test("all problems are named at once, before anything is sent", async () => {
  await using server = await serve((_request, response) => void response.end());
  const summary = await rejection("http", {
    url: server.url,
    method: "GE T",
    body: "{not-json",
    redirect: "follow",
    max_body_bytes: "lots",
    timeout: "3",
    "header.bad name": "x",
  });
  for (const key of ["method", "body", "redirect", "max_body_bytes", "timeout", "header.bad name"])
    expect(summary).toContain(`metadata http.${key}: `);
  expect(summary).toContain("invalid body");
  expect(server.received).toEqual([]);
});

test("an unknown key is refused with the nearest known one", async () => {
  expect(await rejection("http", { url, metod: "GET" })).toContain(
    'metadata http.metod: unknown key, did you mean "method"?',
  );
  expect(await rejection("http_async", { ...polled, poll_interval_second: "1" })).toContain(
    'did you mean "poll_interval_seconds"?',
  );
});

test("an own __proto__ key is an unknown key like any other", async () => {
  expect(
    await rejection("http", JSON.parse(`{"url":"${url}","__proto__":"x"}`) as Record<string, string>),
  ).toContain("unknown key");
});

test("a missing key is named", async () => {
  expect(await rejection("http", {})).toContain("missing metadata['http.url']");
  const summary = await rejection("http_async", {});
  for (const key of ["url", "poll_url_template", "poll_status_path", "poll_terminal_states"])
    expect(summary).toContain(`missing metadata['http.${key}']`);
});

test("a template with {run_id} needs to know where the run id stands", async () => {
  const { poll_run_id_path: _, ...rest } = polled;
  expect(await rejection("http_async", rest)).toContain("poll_run_id_path");
});

describe.each([
  ["http.poll_interval_seconds", "NaN"],
  ["http.poll_interval_seconds", "inf"],
  ["http.poll_interval_seconds", "-1"],
  ["http.poll_interval_seconds", "1e9999"],
  ["http.poll_max_errors", "0"],
  ["http.poll_pending_codes", "404,not-a-code"],
  ["http.poll_terminal_states", " , "],
  ["http.poll_success_states", ","],
  ["http.poll_state_map", "paused"],
  ["http.poll_state_map", "paused=stopped"],
  ["http.poll_status_path", "."],
  ["http.poll_url_template", "ftp://127.0.0.1/{run_id}"],
  ["http.poll_url_template", "http://{run_id}.example/"],
  ["http.poll_url_template", "{run_id}://example/"],
  ["http.poll_url_template", "http://example:{run_id}/"],
  ["http.poll_url_template", "http://{run_id}@example/"],
  ["http.poll_url_template", "http://127.0.0.1:9/{runid}"],
  ["http.preset", "openai"],
  ["http.completion", "never"],
  ["http.cancel_body", "{run_id}"],
  ["http.body_format", "telepathy"],
  ["http.body", '"text"'],
  ["http.url", "127.0.0.1/none"],
  ["http.url", "file:///etc/passwd"],
  ["http.url", "http://user:word@127.0.0.1/"],
  ["http.method", "CONNECT"],
  ["http.headers", "[1]"],
  ["http.headers", '{"a":1}'],
  ["http.header.content-length", "3"],
  ["http.header.x", "line\nbreak"],
  ["http.auth.bearer", "plain-secret-value"],
  ["http.secret_header.x", "file:relative"],
  ["http.idempotency_key", "with blank"],
])("%s=%s", (key, value) => {
  test("is rejected by its name", async () => {
    const given = {
      ...polled,
      ...(key === "http.body" ? { body_format: "form" } : {}),
      [key.slice(5)]: value,
    };
    const summary = await rejection("http_async", given);
    expect(summary).toContain(`metadata ${key}: `);
  });
});

test("a value that may be a secret is not shown", async () => {
  const summary = await rejection("http", {
    url,
    "auth.bearer": "plain-secret-value",
    "header.authorization": "Bearer other-secret",
    body: '{"password": hunter2}',
  });
  expect(summary).not.toMatch(/plain-secret-value|other-secret|hunter2/);
});

test("a stream that nothing can end is refused", async () => {
  expect(await rejection("http_async", { url, completion: "stream" })).toMatch(
    /http.completion: .*http.sse_terminal_events/,
  );
});

test("terminal states without a single success are refused", async () => {
  expect(await rejection("http_async", { ...polled, poll_terminal_states: "done,failed" })).toContain(
    "http.poll_success_states",
  );
});

test("a header that is given twice is refused, whatever its case", async () => {
  expect(await rejection("http", { url, headers: '{"X-A":"1"}', "header.x-a": "2" })).toContain(
    "is given by",
  );
});

test("a stream that nothing could end is refused, and so are stream keys without a stream", async () => {
  expect(await rejection("http", { url, response_mode: "sse" })).toContain("http.response_mode");
  expect(await rejection("http", { url, sse_terminal_events: "done" })).toContain("http.sse_terminal_events");
});

test("the builders write metadata that the runners take", async () => {
  await using bench = await openWorkbench();
  const taken = async (kind: "http" | "http_async", metadata: Record<string, string>): Promise<void> => {
    const stripped = Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [key.slice(5), value]),
    );
    const { result } = await bench.run(kind, stripped, { environment: { TOKEN: "sesame-open" } });
    expect(result.error_summary).toContain("http error");
  };
  await taken(
    "http",
    httpMetadata({
      url: new URL(url),
      method: "GET",
      body: { a: 1 },
      bodyFormat: "form",
      headers: { accept: "text/plain" },
      bearer: "env:TOKEN",
      secretHeaders: { "x-key": "env:TOKEN" },
      redirect: "error",
      maxBodyBytes: 1_000_000,
      idempotencyKey: "auto",
    }),
  );
  await taken("http", httpMetadata({ url, events: { terminalEvents: ["done"], idleSeconds: 0.5 } }));
  await taken(
    "http_async",
    asyncHttpMetadata({
      url,
      body: { task: "x" },
      pollUrl: "{url}/{run_id}",
      runIdPath: "id",
      statusPath: "status",
      terminalStates: ["completed", "failed"],
      stateMap: { paused: "failed" },
      pendingCodes: [404],
      pollIntervalSeconds: 1e-7,
      cancelUrl: "{url}/{run_id}/cancel",
      cancelBody: { id: "{run_id}" },
    }),
  );
  await taken("http_async", asyncHttpMetadata({ url, preset: "openai-responses" }));
});

test("the builders load no HTTP client", () => {
  const script = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve(specifier, context, next) {
      if (/undici|zod|eventsource/.test(specifier)) throw new Error("loads " + specifier);
      return next(specifier, context);
    } });
    const { httpMetadata } = await import(${JSON.stringify(new URL("../src/metadata/index.ts", import.meta.url).href)});
    console.log(httpMetadata({ url: "http://a.example", body: { b: 1 } })["http.body"]);
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(output).toBe('{"b":1}\n');
});
