import { execFileSync } from "node:child_process";
import { rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { isXrtError } from "@xrt/contracts";
import { openRun, readOutput } from "@xrt/core";
import { expect, test } from "vitest";
import { openBelow } from "./open-descriptors.ts";
import { collect, openWorkbench, untilStopped } from "./workbench.ts";

type Plant = [what: string, plant: (file: string) => Promise<unknown>];

const pipe: Plant = ["a pipe", async (file) => execFileSync("mkfifo", [file])];
const device: Plant = ["a link to an endless device", async (file) => symlink("/dev/zero", file)];
const link: Plant = [
  "a link to another file",
  async (file) => {
    await writeFile(`${file}.other`, "of somebody else");
    await symlink(`${file}.other`, file);
  },
];

test.for([pipe, device, link])(
  "where a run puts %s in the place of its output, its handle reads on, and another reader fails and holds nobody up",
  async ([, plant]) => {
    await using bench = await openWorkbench();
    const run = bench.start(async (invocation, context) => {
      await context.stdout.write("its own\n");
      return untilStopped(invocation, context);
    });
    const record = await openRun(run.directory ?? "");
    const file = path.join(run.directory ?? "", "stdout.txt");
    await rm(file);
    await plant(file);
    const readers = Array.from({ length: 8 }, async () => text(record.output()));
    // All at once: one that fails before it is looked at would be an unhandled rejection.
    const sentence = `${file} is not a regular file: the run has replaced`;
    await Promise.all(
      [...readers, collect(record.lines())].map((reading) => expect(reading).rejects.toThrow(sentence)),
    );
    expect(openBelow(bench.directory).filter((name) => name === file)).toEqual([]);
    const own = run.lines()[Symbol.asyncIterator]();
    expect((await own.next()).value).toBe("its own");
    await own.return?.();
    await run.cancel();
    await expect(text(run.output())).rejects.toThrow(sentence);
  },
);

test("output() of a run that deletes its output reads on while it lives, and then fails with a sentence that says so", async () => {
  await using bench = await openWorkbench();
  const run = bench.start(async (invocation, context) => {
    await context.stdout.write("its own\n");
    return untilStopped(invocation, context);
  });
  const file = path.join(run.directory ?? "", "stdout.txt");
  await rm(file);
  const own = run.lines()[Symbol.asyncIterator]();
  expect((await own.next()).value).toBe("its own");
  await own.return?.();
  await run.cancel();
  await expect(text(run.output())).rejects.toThrow(`${file} is gone`);
});

test.for([pipe, device, link])(
  "where a run puts %s in the place of its events, nobody waits for them, and its end is told all the same",
  async ([, plant]) => {
    await using bench = await openWorkbench();
    const run = bench.start(untilStopped);
    const directory = run.directory ?? "";
    const file = path.join(directory, "events.ndjson");
    await rm(file);
    await plant(file);
    const error: unknown = await openRun(directory).catch((thrown: unknown) => thrown);
    expect(isXrtError(error) && error.code).toBe("ERR_XRT_INVALID_DOCUMENT");
    expect(String(error)).toContain("its events.ndjson is not a regular file");
    const events = collect(run.events);
    const result = await run.cancel();
    expect((await events).at(-1)).toMatchObject({ type: "finished", result });
  },
);

test.for([pipe, device])("readOutput refuses %s in the place of the output", async ([, plant]) => {
  await using bench = await openWorkbench();
  const file = path.join(bench.directory, "out");
  await plant(file);
  await expect(readOutput({ stdout_path: file, stderr_path: null })).rejects.toThrow(
    `${file} is not a regular file`,
  );
});

test("readOutput follows a link to a file: its paths are the caller's", async () => {
  await using bench = await openWorkbench();
  const file = path.join(bench.directory, "out");
  await link[1](file);
  expect((await readOutput({ stdout_path: file, stderr_path: null })).text).toBe("of somebody else");
});
