import { describe, expect } from "vitest";
import { invocation, test, until } from "../sandbox.ts";
import { acmeIndex, writePackage } from "./acme-package.ts";

const runner = ["--runner", "./acme"];

/** The package as one that runs the kind `subprocess`. */
const ownSubprocess = {
  index: acmeIndex.replaceAll('"acme.echo"', '"subprocess"'),
  manifest: { xrt: { interfaceVersion: "1.0", kinds: ["subprocess"] } },
};

const instead = "acme-xrt-runner-echo 1.2.3 instead of @xrt/runner-subprocess";

describe("a loaded runner", () => {
  test("is reached from v0.1 too, where its kind stands in the metadata, both ways", async ({ sandbox }) => {
    writePackage(sandbox.path("acme"));
    const metadata = { "xrt.runtime_kind": "acme.echo", "acme.echo.loud": "true" };
    const input = invocation({ runtime_kind: "unknown", command: ["you"], metadata });
    const { status, stdout } = await sandbox.xrt(["run", ...runner, "-"], { input });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema_version: "0.1",
      runtime_kind: "unknown",
      status: "succeeded",
      metadata: { "xrt.runtime_kind": "acme.echo" },
    });
    expect(sandbox.read(".xrt/test-1/stdout.txt")).toBe("hello you\n");
  });

  test("leaves the built-in ones as they are", async ({ sandbox }) => {
    writePackage(sandbox.path("acme"));
    const input = invocation({ command: ["echo", "hi"] });
    const ended = await sandbox.xrt(["run", ...runner, "-"], { input });
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(sandbox.read(".xrt/test-1/stdout.txt")).toBe("hi\n");
  });

  test("is named where a kind is refused", async ({ sandbox }) => {
    writePackage(sandbox.path("acme"));
    const input = invocation({ schema_version: "0.2", runtime_kind: "acme.ecko" });
    const { status, stdout } = await sandbox.xrt(["run", ...runner, "-"], { input });
    expect(status).toBe(125);
    expect(JSON.parse(stdout).error_summary).toContain("'http_async', 'acme.echo')");
  });

  test("is closed when the run is over", async ({ sandbox }) => {
    const mark = JSON.stringify(sandbox.path("closed"));
    const close = `close: async () => (await import("node:fs")).appendFileSync(${mark}, "x"), metadata,`;
    writePackage(sandbox.path("acme"), { index: acmeIndex.replace("\n  metadata,", close) });
    for (const args of [["run", "-"], ["validate", "-"], ["recover", "."], ["runners"]])
      await sandbox.xrt([...args, ...runner], { input: invocation() });
    expect(sandbox.read("closed")).toBe("xxxx");
  });

  test("in the place of a built-in one says so, where it runs", async ({ sandbox }) => {
    writePackage(sandbox.path("acme"), ownSubprocess);
    const ended = await sandbox.xrt(["run", ...runner, "-"], { input: invocation({ command: ["you"] }) });
    expect(ended).toMatchObject({ status: 0, stderr: `xrt run: subprocess is run by ${instead}\n` });
    expect(sandbox.read(".xrt/test-1/stdout.txt")).toBe("hello you\n");
    const other = invocation({ runtime_kind: "container" });
    expect((await sandbox.xrt(["run", ...runner, "-"], { input: other })).stderr).toBe("");
    const recovered = await sandbox.xrt(["recover", ...runner, ".xrt"]);
    expect(recovered.stderr).toBe(`xrt recover: subprocess is run by ${instead}\n`);
  });

  test("does not serve xrt exec, whatever XRT_CONFIG names", async ({ sandbox }) => {
    writePackage(sandbox.path("acme"), ownSubprocess);
    sandbox.write("xrt.json", '{"runners":[{"package":"./acme"}]}');
    const env = { XRT_CONFIG: sandbox.path("xrt.json") };
    expect(await sandbox.xrt(["exec", "echo", "hi"], { env })).toMatchObject({ stdout: "hi\n", stderr: "" });
    const refused = await sandbox.xrt(["exec", ...runner, "echo", "hi"]);
    expect(refused).toMatchObject({ status: 125, stdout: "" });
    expect(refused.stderr).toContain("unknown option '--runner'");
  });

  test("recovers the runs of its kind", async ({ sandbox }) => {
    writePackage(sandbox.path("acme"), {
      index: acmeIndex.replace(
        "return { status",
        "setInterval(() => {}, 1000); await new Promise(() => {}); return { status",
      ),
    });
    const input = invocation({ schema_version: "0.2", runtime_kind: "acme.echo" });
    const run = sandbox.start(["run", ...runner, "-"], { input });
    await until(() => {
      try {
        return sandbox.read(".xrt/test-1/stdout.txt") !== "";
      } catch {
        // Not made yet.
        return false;
      }
    }, "the run has begun");
    run.process.kill("SIGKILL");
    await run.ended;
    const { status, stdout } = await sandbox.xrt(["recover", "--json", ...runner, ".xrt"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: "failed", error: { code: "acme.lost" } });
  });
});

describe("xrt runners", () => {
  test("lists loaded ones with package and version, and says what they replace", async ({ sandbox }) => {
    writePackage(sandbox.path("acme"));
    writePackage(sandbox.path("own"), ownSubprocess);
    const { status, stdout } = await sandbox.xrt(["runners", ...runner, "--runner", "./own"]);
    expect(status).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "subprocess  acme-xrt-runner-echo 1.2.3, instead of @xrt/runner-subprocess",
      "http        @xrt/runner-http",
      "http_async  @xrt/runner-http",
      "acme.echo   acme-xrt-runner-echo 1.2.3",
      "",
    ]);
  });
});

describe("xrt validate", () => {
  const judged = [
    [{ metadata: { "acme.echo.loud": "true" } }, "ok\n"],
    [
      { metadata: { "acme.echo.lout": "true" } },
      "invalid: not for acme-xrt-runner-echo 1.2.3: metadata acme.echo.lout: only loud is known\n",
    ],
    [
      { limits: { memory_bytes: 1 } },
      'invalid: not for acme-xrt-runner-echo 1.2.3: limits.memory_bytes: not supported by the runner for "acme.echo"',
    ],
    [{ runtime_kind: "acme.other", metadata: { "acme.echo.lout": "true" } }, "ok\n"],
  ] as const;

  test.for(judged)(
    "puts an invocation to the loaded runner of its kind: %j",
    async ([changes, told], { sandbox }) => {
      writePackage(sandbox.path("acme"));
      const input = invocation({
        schema_version: "0.2",
        contract_kind: "runtime_invocation",
        runtime_kind: "acme.echo",
        ...changes,
      });
      // Without the runner there is nobody to ask.
      expect((await sandbox.xrt(["validate", "-"], { input })).stdout).toBe("ok\n");
      const ended = await sandbox.xrt(["validate", ...runner, "-"], { input });
      expect(ended.stdout).toContain(told);
      expect(ended.status).toBe(told === "ok\n" ? 0 : 2);
    },
  );
});
