import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { buffer, text } from "node:stream/consumers";
import { outcome } from "@xrt/contracts";
import type { RunInput } from "@xrt/core";
import { expect, test } from "vitest";
import { asNobody } from "./as-nobody.ts";
import { openBelow } from "./open-descriptors.ts";
import { openWorkbench, succeed, until, type Work } from "./workbench.ts";

const echo: Work = async (_invocation, { input, stdout, signal }) => {
  if (input === null) return outcome.succeeded({ metadata: { input: "none" } });
  await input.stream().pipeTo(stdout.writable, { preventClose: true, signal });
  return outcome.succeeded({ metadata: { input: input.path ?? "caller" } });
};

async function bytesOf(input: RunInput): Promise<Buffer> {
  await using bench = await openWorkbench();
  const run = bench.start(echo, {}, { input });
  const bytes = await buffer(run.output());
  expect(await run.result).toMatchObject({ status: "succeeded", metadata: { input: "caller" } });
  return bytes;
}

const odd = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);

const chunks = async function* () {
  for (let index = 0; index < 3; index += 1) yield Buffer.from(`${index},`);
};

test("input may be text, bytes, a stream or an async iterable", async () => {
  expect((await bytesOf("té\0xt")).toString()).toBe("té\0xt");
  expect((await bytesOf("")).length).toBe(0);
  expect(await bytesOf(odd)).toEqual(Buffer.from(odd));
  expect(await bytesOf(odd.subarray(3, 7))).toEqual(Buffer.from([3, 4, 5, 6]));
  expect(await bytesOf(new Blob([odd]).stream())).toEqual(Buffer.from(odd));
  expect((await bytesOf(chunks())).toString()).toBe("0,1,2,");
});

test("without input there is none; a payload file is read, and the caller's input goes before it", async () => {
  await using bench = await openWorkbench();
  expect((await bench.run(echo)).result.metadata["input"]).toBe("none");
  const payload = path.join(bench.directory, "payload");
  await writeFile(payload, "from the file");
  const relative = path.relative(process.cwd(), payload);
  const run = bench.start(echo, { input_payload_path: relative });
  expect(await text(run.output())).toBe("from the file");
  expect((await run.result).metadata["input"]).toBe(payload);
  const own = bench.start(echo, { input_payload_path: "/nowhere" }, { input: "own" });
  expect(await text(own.output())).toBe("own");
});

test.for([
  ["is missing", async () => undefined, "cannot be read: ENOENT"],
  [
    "is a directory",
    async (file: string) => mkdir(file),
    "is a directory; input_payload_path must name a file",
  ],
  ["may not be read", async (file: string) => writeFile(file, "", { mode: 0 }), "cannot be read: EACCES"],
] as const)("a payload that %s is rejected", async ([, make, sentence]) => {
  await asNobody(async () => {
    await using bench = await openWorkbench();
    const file = path.join(bench.directory, "payload");
    await make(file);
    const { result } = await bench.run(echo, { input_payload_path: file });
    expect(result).toMatchObject({
      status: "rejected",
      metadata: { "xrt.error_code": "payload_unreadable" },
    });
    expect(result.error_summary).toContain(`the payload ${file} ${sentence}`);
  });
});

test("a payload may be a pipe, and one that nobody writes holds up neither its run nor others", async () => {
  await using bench = await openWorkbench();
  const pipe = path.join(bench.directory, "pipe");
  execFileSync("mkfifo", [pipe]);
  // More of them than there are threads for files; they wait for a writer as long as they may.
  const unwritten = Array.from({ length: 8 }, () => bench.start(echo, { input_payload_path: pipe }));
  const other = await bench.run(succeed);
  expect(other.result.status).toBe("succeeded");
  expect(await readFile(other.result.stdout_path ?? "", "utf8")).toBe("");
  for (const run of unwritten) expect((await run.cancel()).status).toBe("cancelled");
  await until("all are closed", () => !openBelow(bench.directory).includes(pipe));

  const writer = spawn("sh", ["-c", 'exec > "$0"; echo one; sleep 0.1; echo two', pipe], { stdio: "ignore" });
  const closed = once(writer, "close");
  const run = bench.start(echo, { input_payload_path: pipe });
  expect(await text(run.output())).toBe("one\ntwo\n");
  expect(await run.result).toMatchObject({ status: "succeeded", metadata: { input: pipe } });
  await closed;
});

test("a payload file that is left half read is closed", async () => {
  await using bench = await openWorkbench();
  const payload = path.join(bench.directory, "payload");
  await writeFile(payload, Buffer.alloc(1024 * 1024));
  await bench.run(
    async (_invocation, { input }) => {
      const reader = input?.stream().getReader();
      await reader?.read();
      await reader?.cancel();
      return outcome.succeeded();
    },
    { input_payload_path: payload },
  );
  await until("it is closed", () => openBelow(bench.directory).length === 0);
});

test("a stream that nobody reads is let go of, whether the run went well or was rejected", async () => {
  await using bench = await openWorkbench();
  for (const fields of [{}, { working_directory: "/nowhere" }]) {
    let cancelled: unknown;
    const input = new ReadableStream<Uint8Array>({
      cancel(reason) {
        cancelled = reason;
      },
    });
    await bench.run(succeed, fields, { input });
    expect(cancelled).toBe("the run has ended");
  }
});

const failing = async function* (): AsyncGenerator<Uint8Array> {
  yield Buffer.from("begun");
  throw new Error("the source broke");
};

test("input that fails is the run's failure, with its message", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(echo, {}, { input: failing() });
  expect(result).toMatchObject({ status: "failed" });
  expect(result.error_summary).toContain("the source broke");
  const none = await bench.run(echo, {}, { input: 7 as unknown as string });
  expect(none.result.status).toBe("failed");
});

const twice: Work = async (_invocation, { input }) => {
  if (input === null) return outcome.failed("acme.none", "there is no input");
  const texts = [await text(input.stream()), await text(input.stream())];
  return outcome.succeeded({ metadata: { twice: texts.join("") } });
};

test("text and bytes may be read more than once", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(twice, {}, { input: "ab" });
  expect(result.metadata["twice"]).toBe("abab");
});
