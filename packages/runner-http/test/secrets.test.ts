import { readdirSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { json, serve } from "./servers.ts";
import { openWorkbench } from "./workbench.ts";

const secret = "sesame-open-42";

function everythingIn(directory: string): string {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(directory, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
}

test("a bearer comes from the invocation's environment, and reaches the service alone", async () => {
  await using server = await serve(
    (_request, response) => void response.writeHead(200, { "x-echo": secret }).end(),
  );
  await using bench = await openWorkbench();
  const { result, events } = await bench.run(
    "http",
    { url: server.url, "auth.bearer": "env:WORD", "secret_header.x-other": "env:WORD" },
    {},
    { secretEnvironment: { WORD: secret } },
  );
  expect(result.status).toBe("succeeded");
  expect(server.received[0]?.headers).toMatchObject({ authorization: `Bearer ${secret}`, "x-other": secret });
  expect(JSON.stringify([result, events])).not.toContain(secret);
  expect(everythingIn(result.metadata["xrt.run_directory"] ?? "")).not.toContain(secret);
});

test("a secret that is no secret by its variable's name is redacted all the same", async () => {
  await using server = await serve((request, response) => {
    response.writeHead(400).end(`no such user: ${String(request.headers.authorization)}`);
  });
  await using bench = await openWorkbench();
  const { result } = await bench.run(
    "http",
    { url: server.url, "auth.bearer": "env:WORD" },
    { environment: { WORD: secret } },
  );
  expect(result.error_summary).toBe("HTTP 400: no such user: Bearer [redacted]");
});

test("every request of a remote run carries the secret headers", async () => {
  await using server = await serve((_request, response, index) =>
    json(response, index === 0 ? 202 : 200, { id: "r", status: index === 1 ? "running" : "completed" }),
  );
  await using bench = await openWorkbench();
  await bench.run(
    "http_async",
    {
      url: server.url,
      poll_url_template: `${server.url}/{run_id}`,
      poll_run_id_path: "id",
      poll_status_path: "status",
      poll_terminal_states: "completed",
      poll_interval_seconds: "0",
      cleanup_url_template: `${server.url}/{run_id}`,
      "auth.bearer": "env:WORD",
    },
    { environment: { WORD: secret } },
  );
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual(
    Array.from({ length: 4 }, () => `Bearer ${secret}`),
  );
});

test("the supervisor's variables and files are read only where the host names them", async () => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench();
  const file = path.join(bench.directory, "token");
  await writeFile(file, `${secret}\n`);
  process.env["XRT_TEST_WORD"] = secret;
  try {
    for (const source of ["env:XRT_TEST_WORD", `file:${file}`]) {
      const refused = await bench.run("http", { url: server.url, "auth.bearer": source });
      expect(refused.result.status).toBe("rejected");
      expect(refused.result.error_summary).toMatch(/metadata http.auth.bearer: .*secretSources/);
      await using open = await openWorkbench({ secretSources: { env: ["XRT_TEST_WORD"], files: [file] } });
      const { result } = await open.run("http", { url: server.url, "auth.bearer": source });
      expect(result.status).toBe("succeeded");
    }
  } finally {
    delete process.env["XRT_TEST_WORD"];
  }
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${secret}`,
    `Bearer ${secret}`,
  ]);
});

test.each([
  ["a file that is missing", "file:/nonexistent/token", /cannot be read: ENOENT/],
  ["a variable that is not set", "env:XRT_TEST_UNSET", /is not set/],
  ["a variable of neither side", "env:OTHER", /secretSources.env/],
  ["a value with a line break", "env:BROKEN", /cannot be the value of a header/],
  ["an empty value", "env:EMPTY", /cannot be the value of a header/],
])("%s is rejected, and nothing is sent", async (_name, source, sentence) => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench({
    secretSources: { env: ["XRT_TEST_UNSET"], files: ["/nonexistent/token"] },
  });
  const { result } = await bench.run(
    "http",
    { url: server.url, "secret_header.x-key": source },
    { environment: { BROKEN: "line\nbreak-value", EMPTY: "" } },
  );
  expect(result.status).toBe("rejected");
  expect(result.error_summary).toMatch(sentence);
  expect(result.error_summary).not.toContain("break-value");
  expect(server.received).toEqual([]);
});

test("an inline Authorization header is refused, unless the host opted in; then it is redacted too", async () => {
  await using server = await serve(
    (request, response) => void response.writeHead(400).end(request.headers.authorization),
  );
  await using bench = await openWorkbench();
  const metadata = { url: server.url, "header.Authorization": `Basic ${secret}` };
  const refused = await bench.run("http", metadata);
  expect(refused.result.status).toBe("rejected");
  expect(refused.result.error_summary).toContain("http.header.Authorization");
  expect(JSON.stringify(refused.result)).not.toContain(secret);
  await using open = await openWorkbench({ allowInlineAuthorization: true });
  const { result } = await open.run("http", metadata);
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual([`Basic ${secret}`]);
  expect(result.error_summary).toBe("HTTP 400: [redacted]");
});

const odd = `a/b+c"d\\e f=&<'(\u00e9)`;

test.each([
  ["percent-encoded", encodeURIComponent(odd)],
  ["percent-encoded in small letters", encodeURIComponent(odd).replace(/%../g, (code) => code.toLowerCase())],
  ["form-encoded", new URLSearchParams({ q: odd }).toString()],
  ["in JSON", JSON.stringify({ q: odd })],
  ["in JSON with escaped slashes", JSON.stringify({ q: odd }).replaceAll("/", "\\/")],
  ["in JSON of ASCII alone", JSON.stringify({ q: odd }).replaceAll("\u00e9", "\\u00e9")],
  [
    "in JSON that is safe in HTML",
    JSON.stringify({ q: odd })
      .replaceAll("\u00e9", "\\u00e9")
      .replaceAll("&", "\\u0026")
      .replaceAll("<", "\\u003c"),
  ],
  [
    "in HTML",
    odd.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
  ],
  ["in the bytes of the header", Buffer.from(odd, "latin1")],
])("a secret that is echoed %s is redacted", async (_name, echo) => {
  await using server = await serve((_request, response) => {
    response.writeHead(400).end(Buffer.concat([Buffer.from("no: "), Buffer.from(echo)]));
  });
  await using bench = await openWorkbench();
  const { result } = await bench.run(
    "http",
    { url: server.url, "auth.bearer": "env:WORD" },
    { environment: { WORD: odd } },
  );
  expect(result.error_summary).toMatch(/^HTTP 400: no: .*\[redacted\]/);
  expect(result.error_summary).not.toMatch(/a(\/|\\\/|%2f)b/i);
});

test("a secret with quotes in it does not stand in the artifact of headers either", async () => {
  await using server = await serve(
    (_request, response) => void response.writeHead(200, { "x-echo": 'a"b\\c-42-sesame' }).end(),
  );
  await using bench = await openWorkbench();
  const { result } = await bench.run(
    "http",
    { url: server.url, "auth.bearer": "env:WORD" },
    {},
    { secretEnvironment: { WORD: 'a"b\\c-42-sesame' } },
  );
  expect(everythingIn(result.metadata["xrt.run_directory"] ?? "")).not.toContain("42-sesame");
});
