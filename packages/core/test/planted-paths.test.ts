import { existsSync, readdirSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { readOutput } from "@xrt/core";
import { expect, test } from "vitest";
import { openWorkbench, succeed } from "./workbench.ts";

test.for(["artifact_directory", "input_payload_path", "output_result_path"] as const)(
  "an empty %s is refused, and is not the supervisor's working directory",
  async (field) => {
    await using bench = await openWorkbench();
    const before = readdirSync(".");
    const { result } = await bench.run(succeed, { [field]: "" });
    expect(result).toMatchObject({
      status: "rejected",
      error_summary: `${field} is empty; name a path, or leave it out`,
    });
    expect(readdirSync(".")).toEqual(before);
  },
);

test.for(["there", "missing"])(
  "a .xrt that is a symbolic link is not followed: what it names is %s",
  async (what) => {
    await using bench = await openWorkbench();
    const elsewhere = path.join(bench.directory, "elsewhere");
    if (what === "there") await mkdir(elsewhere);
    await symlink(elsewhere, path.join(bench.directory, ".xrt"));
    const { result } = await bench.run(succeed);
    expect(result.status).toBe("rejected");
    expect(result.error_summary).toContain(
      ".xrt cannot be made: it is a symbolic link, and none is followed there",
    );
    expect(existsSync(elsewhere) ? readdirSync(elsewhere) : []).toEqual([]);
  },
);

test("no output event tells of the size of what a link leads to", async () => {
  await using bench = await openWorkbench();
  const large = path.join(bench.directory, "large");
  await writeFile(large, "x".repeat(100_000));
  const { events } = await bench.run(async (_invocation, context) => {
    await rm(context.stdout.path);
    await symlink(large, context.stdout.path);
    return succeed(_invocation, context);
  });
  expect(events.filter(({ type }) => type === "output")).toEqual([]);
});

test.for([
  [{ signal: 3 }, "signal: expected an AbortSignal, got a number"],
  [
    { input: null },
    "input: expected a string, bytes, a stream of bytes or an async iterable of bytes, got null",
  ],
  [{ input: 3 }, "input: expected a string, bytes, a stream"],
  [{ secretEnvironment: "A=3" }, "secretEnvironment: expected an object of strings, got a string"],
  [{ runner: null }, "runner: expected a runner, got null"],
  [{ sginal: undefined }, 'sginal: unknown key, did you mean "signal"?'],
] as const)("the options %j of a run fail it in one sentence", async ([options, sentence]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(succeed, {}, options as never);
  expect(result.status).toBe("failed");
  expect(result.error_summary).toContain(`the run could not be prepared: ${sentence}`);
});

test.for([
  [{ keep: "x" }, 'keep: expected start, end, ends, got "x"'],
  [{ stream: "stdin" }, 'stream: expected stdout, stderr, both, got "stdin"'],
])("readOutput refuses %j in one sentence", async ([options, sentence]) => {
  const reading = readOutput({ stdout_path: null, stderr_path: null }, options as never);
  await expect(reading).rejects.toThrow(sentence);
});
