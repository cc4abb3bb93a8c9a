import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { invocation, survivors, test, until, type Sandbox } from "../sandbox.ts";

/** Runs of `xrt run`, each killed by SIGKILL while its program goes on; the programs are ended too. */
async function leaveBehind(sandbox: Sandbox, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const started = sandbox.start(["run", "--dir", "runs", "-"], {
      input: invocation({ invocation_id: id, command: ["sh", "-c", "echo begun; exec sleep 600"] }),
    });
    await until(() => reads(sandbox, `runs/${id}/stdout.txt`) === "begun\n", "the program has begun");
    started.process.kill("SIGKILL");
    await started.ended;
  }
  if (process.platform === "linux") {
    for (const pid of survivors(sandbox.mark)) process.kill(pid, "SIGKILL");
    await until(() => survivors(sandbox.mark).length === 0, "the programs have ended");
  }
}

function reads(sandbox: Sandbox, name: string): string {
  try {
    return sandbox.read(name);
  } catch {
    return "";
  }
}

describe("xrt recover", () => {
  test("ends the runs whose supervisor was killed, a line for each, and once", async ({ sandbox }) => {
    await leaveBehind(sandbox, ["b", "a"]);
    mkdirSync(sandbox.path("runs/no-run"));
    const first = await sandbox.xrt(["recover", "runs"]);
    expect(first.status).toBe(0);
    expect(first.stdout.trimEnd().split("\n").toSorted()).toEqual([
      expect.stringMatching(/^a {2}failed {2}\S.*/),
      expect.stringMatching(/^b {2}failed {2}\S.*/),
    ]);
    expect(first.stderr).toBe(
      `xrt recover: ${sandbox.path("runs/no-run")} is not a run directory: it has no events.ndjson\n`,
    );
    const result = sandbox.read("runs/a/result.json");
    expect(JSON.parse(result)).toMatchObject({ invocation_id: "a", status: "failed" });
    expect(sandbox.read("runs/a/stdout.txt")).toBe("begun\n");
    expect(await sandbox.xrt(["validate", "runs/a/result.json"])).toMatchObject({ stdout: "ok\n" });
    expect(await sandbox.xrt(["recover", "runs"])).toMatchObject({
      status: 0,
      stdout: `no run to recover in ${sandbox.path("runs")} (2 over, 0 going on)\n`,
    });
    expect(sandbox.read("runs/a/result.json")).toBe(result);
  });

  test("prints a result document a line with --json", async ({ sandbox }) => {
    await leaveBehind(sandbox, ["a"]);
    const { status, stdout, stderr } = await sandbox.xrt(["recover", "--json", "runs/a"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(sandbox.read("runs/a/result.json")));
    const again = await sandbox.xrt(["recover", "--json", "runs/a"]);
    expect(again).toMatchObject({ status: 0, stdout: "" });
    expect(again.stderr).toBe(`no run to recover in ${sandbox.path("runs/a")} (1 over, 0 going on)\n`);
  });

  test("leaves a run that goes on to whoever runs it", async ({ sandbox }) => {
    const started = sandbox.start(["run", "--dir", "runs", "-"], {
      input: invocation({ command: ["sh", "-c", "echo begun; until [ -e go ]; do sleep 0.05; done"] }),
    });
    await until(() => reads(sandbox, "runs/test-1/stdout.txt") === "begun\n", "the program has begun");
    expect(await sandbox.xrt(["recover", "runs"])).toMatchObject({
      status: 0,
      stdout: `no run to recover in ${sandbox.path("runs")} (0 over, 1 going on)\n`,
      stderr: "",
    });
    sandbox.write("go", "");
    expect(await started.ended).toMatchObject({ status: 0 });
  });

  test("says that a folder is empty, and what is no folder", async ({ sandbox }) => {
    mkdirSync(sandbox.path("runs"));
    expect(await sandbox.xrt(["recover", "runs"])).toEqual({
      status: 0,
      signal: null,
      stdout: `no run to recover in ${sandbox.path("runs")}\n`,
      stderr: "",
    });
    sandbox.write("file", "");
    expect(await sandbox.xrt(["recover", "file"])).toMatchObject({
      status: 2,
      stderr: "xrt recover: file is not a directory; name a run directory, or a folder of such\n",
    });
    expect(await sandbox.xrt(["recover", "missing"])).toMatchObject({
      status: 2,
      stderr: "xrt recover: cannot read missing: no such file or directory\n",
    });
  });

  test("ends with 1 where it cannot tell whether a supervisor lives, and the others are recovered", async ({
    sandbox,
  }) => {
    await leaveBehind(sandbox, ["a", "b"]);
    const file = sandbox.path("runs/a/events.ndjson");
    const elsewhere = sandbox
      .read("runs/a/events.ndjson")
      .replace(/"boot_id":"[^"]*"/, '"boot_id":"of another machine"')
      .replace(/"host_name":"[^"]*"/, '"host_name":"other\\u001b[2J.example"');
    writeFileSync(file, elsewhere);
    const { status, stdout, stderr } = await sandbox.xrt(["recover", "runs"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^b {2}failed {2}[^\n]*\n$/);
    expect(stderr).toMatch(/^xrt recover: [^\n]* on the host [^\n]*\n$/);
    expect(stderr).toContain("may be alive there; recover it on that host");
    expect(stderr).not.toContain("\u001b");
    expect(reads(sandbox, join("runs/a", "result.json"))).toBe("");
  });

  test("recovers also where nobody reads what it says", async ({ sandbox }) => {
    await leaveBehind(sandbox, ["a"]);
    const { stdout } = await sandbox.bash('xrt recover runs | true; echo "${PIPESTATUS[0]}"');
    // The pipe may take it all before its reader is gone.
    expect(stdout).toMatch(/^(141|0)\n$/);
    expect(JSON.parse(sandbox.read("runs/a/result.json"))).toMatchObject({ status: "failed" });
  });

  test("cancels what it is recovering on a stop signal, prints the results, and ends with 130", async ({
    sandbox,
  }) => {
    let polls = 0;
    const service = createServer((request, response) => {
      request.resume();
      if (request.url === "/run") polls += 1;
      response.end('{"id":"r","status":"running"}');
    });
    await once(service.listen(0, "127.0.0.1"), "listening");
    try {
      const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
      const remote = invocation({
        runtime_kind: "http_async",
        metadata: {
          "http.url": url,
          "http.poll_url_template": `${url}/run`,
          "http.poll_status_path": "status",
          "http.poll_terminal_states": "completed",
          "http.poll_interval_seconds": "0.05",
        },
      });
      const first = sandbox.start(["run", "--dir", "runs", "-"], { input: remote });
      await until(() => polls > 1, "the service is polled");
      first.process.kill("SIGKILL");
      await first.ended;
      const before = polls;
      const { process: xrt, ended } = sandbox.start(["recover", "--json", "runs"]);
      await until(() => polls > before + 2, "the service is polled again");
      xrt.kill("SIGTERM");
      const { status, stdout } = await ended;
      expect(status).toBe(130);
      expect(JSON.parse(stdout)).toMatchObject({
        status: "cancelled",
        error_summary: expect.stringContaining("SIGTERM"),
      });
      expect(JSON.parse(sandbox.read("runs/test-1/result.json"))).toEqual(JSON.parse(stdout));
    } finally {
      service.closeAllConnections();
      service.close();
    }
  });
});
