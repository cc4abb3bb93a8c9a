import { readFile, stat } from "node:fs/promises";
import { expect, test } from "vitest";
import { runFixture } from "./fixture.ts";
import { openWorkbench } from "./workbench.ts";

test("output is kept byte for byte, also what is no text", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.shell(String.raw`printf '\000\377\303\050\r\n'`);
  expect([...(await readFile(result.stdout_path ?? ""))]).toEqual([0x00, 0xff, 0xc3, 0x28, 0x0d, 0x0a]);
});

test("merged output is one file in the order written, and there is no stderr path", async () => {
  const script = "echo 1; echo 2 >&2; echo 3; echo 4 >&2; exit 9";
  for (const [options, metadata] of [
    [{ mergeOutput: true }, {}],
    [{}, { "subprocess.merge_output": "true" }],
  ] as const) {
    await using bench = await openWorkbench(options);
    const { result, stdout } = await bench.shell(script, { metadata });
    expect(stdout).toBe("1\n2\n3\n4\n");
    expect(result.stderr_path).toBeNull();
    expect(result.error_summary).toBe(`"sh" exited with status 9; its output is in ${result.stdout_path}`);
  }
});

test("two processes that write at once lose nothing: both descriptors append", async () => {
  await using bench = await openWorkbench({ mergeOutput: true });
  const loop = "i=0; while [ $i -lt 500 ]; do echo line; i=$((i+1)); done";
  const { stdout } = await bench.shell(`(${loop}) & (${loop}) >&2 & wait`);
  expect(stdout.split("\n").filter((line) => line === "line")).toHaveLength(1000);
});

test("a program that reopens /dev/stdout truncates what came before, and a follower survives it", async () => {
  await using bench = await openWorkbench();
  const run = bench.start(["sh", "-c", "echo one; sleep 0.2; echo two >/dev/stdout; sleep 0.2; echo three"]);
  const lines: string[] = [];
  for await (const line of run.lines()) lines.push(line);
  const result = await run.result;
  expect(result.status).toBe("succeeded");
  expect(await readFile(result.stdout_path ?? "", "utf8")).toBe("two\nthree\n");
  expect(lines).toContain("three");
});

test("1 GiB of output is kept whole while the supervisor's memory stays flat", async () => {
  await using bench = await openWorkbench();
  const size = 1024 ** 3;
  const command = ["head", "-c", String(size), "/dev/zero"];
  const { report } = await runFixture("measure-memory.ts", { directory: bench.directory, command });
  const { result, grownBytes } = report as {
    result: { status: string; stdout_path: string };
    grownBytes: number;
  };
  expect(result.status).toBe("succeeded");
  expect((await stat(result.stdout_path)).size).toBe(size);
  expect(grownBytes).toBeLessThan(64 * 1024 * 1024);
});

test("with inherited output the program writes to our own descriptors and nothing is kept", async () => {
  await using bench = await openWorkbench();
  const command = ["sh", "-c", "echo out; echo err >&2; exit 4"];
  const { report, stdout, stderr } = await runFixture("inherit.ts", {
    directory: bench.directory,
    command,
    options: { output: "inherit" },
  });
  expect(stdout).toBe("out\n");
  expect(stderr).toBe("err\n");
  expect(report).toMatchObject({
    status: "failed",
    exit_code: 4,
    stdout_path: null,
    stderr_path: null,
    error_summary: '"sh" exited with status 4',
  });
});

test("with inherited input the program reads our own standard input, unless the run has one", async () => {
  await using bench = await openWorkbench();
  const fixture = {
    directory: bench.directory,
    command: ["cat"],
    options: { stdin: "inherit", output: "inherit" },
  };
  const ours = await runFixture("inherit.ts", fixture, "from the terminal");
  expect(ours.stdout).toBe("from the terminal");
  const none = await runFixture(
    "inherit.ts",
    { ...fixture, metadata: { "subprocess.stdin": "none" } },
    "unread",
  );
  expect(none.stdout).toBe("");
  const own = await runFixture("inherit.ts", { ...fixture, input: "the run's own" }, "unread");
  expect(own.stdout).toBe("the run's own");
});
