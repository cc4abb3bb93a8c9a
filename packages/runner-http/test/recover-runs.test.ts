import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "@xrt/contracts";
import { ExecutorRuntime, type Run } from "@xrt/core";
import { expect, test } from "vitest";
import { AsyncHttpRunner, type HttpOptions } from "../src/index.ts";
import type { SuperviseParameters } from "./fixtures/supervise.ts";
import { json, serve, type Answer } from "./servers.ts";
import { openWorkbench, until } from "./workbench.ts";

const supervisor = fileURLToPath(new URL("./fixtures/supervise.ts", import.meta.url));

/** A service whose run goes on until `end` is set, and counts who asked. */
function service() {
  const seen = { state: "running", polls: 0, kickoffs: 0, cancels: 0, authorization: new Set<string>() };
  const answer: Answer = ({ url, headers }, response) => {
    seen.authorization.add(headers.authorization ?? "none");
    if (url === "/kickoff") {
      seen.kickoffs += 1;
      return json(response, 202, { id: "r-1" });
    }
    if (url === "/runs/r-1/cancel") {
      seen.cancels += 1;
      return json(response, 200, {});
    }
    seen.polls += 1;
    json(response, 200, { status: seen.state, answer: 42 });
  };
  return { seen, answer };
}

function metadataFor(url: string): Record<string, string> {
  return {
    "http.url": `${url}/kickoff`,
    "http.poll_url_template": `${url}/runs/{run_id}`,
    "http.cancel_url_template": `${url}/runs/{run_id}/cancel`,
    "http.poll_run_id_path": "id",
    "http.poll_status_path": "status",
    "http.poll_terminal_states": "completed,failed",
    "http.poll_interval_seconds": "0.02",
  };
}

/** Supervises a run in a process of its own, which is killed as soon as it polls. */
async function leaveBehind(parameters: SuperviseParameters, seen: { polls: number }): Promise<void> {
  const child = fork(supervisor, [JSON.stringify(parameters)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close");
  try {
    await until("the service is polled", () => {
      if (child.exitCode !== null) throw new Error(`the supervisor ended: ${stderr}`);
      return seen.polls >= 2;
    });
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

async function recoverAll(directory: string, options: HttpOptions = {}): Promise<Run[]> {
  await using runtime = new ExecutorRuntime({
    runners: { http_async: new AsyncHttpRunner(options) },
    runsDirectory: directory,
  });
  const runs: Run[] = [];
  for await (const run of runtime.recover()) {
    runs.push(run);
    await run.result;
  }
  return runs;
}

test("a run whose supervisor was killed while it polled is followed by another process to its true end", async () => {
  const { seen, answer } = service();
  await using server = await serve(answer);
  await using bench = await openWorkbench();
  const { directory } = bench;
  await leaveBehind({ directory, metadata: metadataFor(server.url), timeoutSeconds: 600 }, seen);
  await using runtime = new ExecutorRuntime({ runners: { http_async: new AsyncHttpRunner() } });
  const runs: Run[] = [];
  for await (const run of runtime.recover(directory)) runs.push(run);
  expect(runs.map(({ id }) => id)).toEqual(["left-behind"]);
  const polled = seen.polls;
  await until("the recovering runner polls", () => seen.polls > polled + 2);
  seen.state = "completed";
  const result = await runs[0]?.result;
  expect(result).toMatchObject({ status: "succeeded", exit_code: 0, metadata: { "http.run_id": "r-1" } });
  expect(seen).toMatchObject({ kickoffs: 1, cancels: 0 });
  const file = path.join(directory, "left-behind", "result.json");
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(result);
  const body = await readFile(path.join(directory, "left-behind", "stdout.txt"), "utf8");
  expect(JSON.parse(body)).toEqual({ status: "completed", answer: 42 });
  const events: RunEvent[] = [];
  for await (const event of runs[0]?.events ?? []) if (event.type !== "output") events.push(event);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index));
  expect(events.at(-1)).toMatchObject({ type: "finished", result });
  expect(await recoverAll(directory)).toEqual([]);
});

test("a run whose deadline passed meanwhile has its grace, in which it is asked for and cancelled at the service", async () => {
  const { seen, answer } = service();
  await using server = await serve(answer);
  await using bench = await openWorkbench();
  const { directory } = bench;
  const metadata = metadataFor(server.url);
  await leaveBehind({ directory, metadata, timeoutSeconds: 600 }, seen);
  const file = path.join(directory, "left-behind", "events.ndjson");
  const text = await readFile(file, "utf8");
  const deadline = new Date(Date.parse(/"time":"([^"]+)"/.exec(text)?.[1] ?? "") + 1000).toISOString();
  await writeFile(file, text.replace(/"deadline":"[^"]+"/, `"deadline":"${deadline}"`));
  await until("the deadline has passed", () => Date.now() > Date.parse(deadline));
  await using runtime = new ExecutorRuntime({
    runners: { http_async: new AsyncHttpRunner() },
    maxGraceMs: 1500,
  });
  for await (const run of runtime.recover(directory)) {
    expect(await run.result).toMatchObject({
      status: "timed_out",
      error_summary: expect.stringContaining("exceeded its timeout of 1 seconds"),
    });
  }
  expect(seen.cancels).toBe(1);
});

test.each<[string, Pick<SuperviseParameters, "environment" | "secretEnvironment">]>([
  ["redacted", { environment: { SERVICE_TOKEN: "s3cret-t0ken" } }],
  ["never written", { secretEnvironment: { SERVICE_TOKEN: "s3cret-t0ken" } }],
])(
  "a secret that was %s is not made up: one sentence says what is missing, and nothing is sent",
  async (_what, secrets) => {
    const { seen, answer } = service();
    await using server = await serve(answer);
    await using bench = await openWorkbench();
    const { directory } = bench;
    const metadata = { ...metadataFor(server.url), "http.auth.bearer": "env:SERVICE_TOKEN" };
    await leaveBehind({ directory, metadata, timeoutSeconds: 600, ...secrets }, seen);
    expect([...seen.authorization]).toEqual(["Bearer s3cret-t0ken"]);
    const { polls } = seen;
    const [run] = await recoverAll(directory);
    const result = await run?.result;
    expect(result).toMatchObject({ status: "failed", metadata: { "xrt.error_code": "supervisor_died" } });
    expect(result?.error_summary).toBe(
      'the supervisor died, and the remote run "r-1" cannot be followed, nor cancelled: the variable "SERVICE_TOKEN", which metadata http.auth.bearer names, was a secret and is recorded nowhere: have the host name it in secretSources.env and set it',
    );
    // A poll of the dead may still have been on its way.
    expect(seen.polls - polls).toBeLessThanOrEqual(1);
    expect([...seen.authorization]).toEqual(["Bearer s3cret-t0ken"]);
  },
);

test("a secret that the host has itself takes the place of the one that is gone", async () => {
  const { seen, answer } = service();
  await using server = await serve(answer);
  await using bench = await openWorkbench();
  const { directory } = bench;
  const metadata = { ...metadataFor(server.url), "http.auth.bearer": "env:XRT_TEST_TOKEN" };
  const environment = { XRT_TEST_TOKEN: "s3cret-t0ken" };
  await leaveBehind({ directory, metadata, environment, timeoutSeconds: 600 }, seen);
  seen.state = "completed";
  process.env["XRT_TEST_TOKEN"] = "of-the-host-itself";
  try {
    const [run] = await recoverAll(directory, { secretSources: { env: ["XRT_TEST_TOKEN"] } });
    expect(await run?.result).toMatchObject({ status: "succeeded" });
  } finally {
    delete process.env["XRT_TEST_TOKEN"];
  }
  expect([...seen.authorization]).toEqual(["Bearer s3cret-t0ken", "Bearer of-the-host-itself"]);
});

test("a secret in clear in the metadata, which the record has lost, is named", async () => {
  const { seen, answer } = service();
  await using server = await serve(answer);
  await using bench = await openWorkbench();
  const { directory } = bench;
  const metadata = { ...metadataFor(server.url), "http.header.x-tenant": "tenant-of-s3cret" };
  await leaveBehind(
    { directory, metadata, environment: { API_KEY: "tenant-of-s3cret" }, timeoutSeconds: 600 },
    seen,
  );
  const [run] = await recoverAll(directory);
  expect((await run?.result)?.error_summary).toContain(
    'the remote run "r-1" cannot be followed, nor cancelled: metadata http.header.x-tenant held a secret',
  );
});
