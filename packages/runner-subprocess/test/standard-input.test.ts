import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { RunInput } from "@xrt/core";
import { expect, test } from "vitest";
import { mkfifo } from "./mkfifo.ts";
import { afterChecks, openWorkbench } from "./workbench.ts";

test("the payload file is the program's standard input", async () => {
  await using bench = await openWorkbench();
  const payload = path.join(bench.directory, "payload");
  await writeFile(payload, "from the file");
  const { stdout } = await bench.run(["cat"], { input_payload_path: payload });
  expect(stdout).toBe("from the file");
});

test("without any input a program reads the end of its input at once", async () => {
  await using bench = await openWorkbench();
  const { result, stdout } = await bench.run(["cat"]);
  expect(result.status).toBe("succeeded");
  expect(stdout).toBe("");
});

test("subprocess.stdin=none keeps payload and input away from the program", async () => {
  await using bench = await openWorkbench();
  const payload = path.join(bench.directory, "payload");
  await writeFile(payload, "unwanted");
  const metadata = { "subprocess.stdin": "none" };
  const script = 'cat; printf "%s" "${XRT_INPUT_PATH-unset}"';
  expect((await bench.shell(script, { input_payload_path: payload, metadata })).stdout).toBe("unset");
  expect((await bench.shell(script, { metadata }, { input: "unwanted" })).stdout).toBe("unset");
});

const bytes = new Uint8Array(Buffer.from(Array.from({ length: 256 }, (_, index) => index)));

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, 100);
  yield bytes.subarray(100, 100);
  yield bytes.subarray(100);
}

const inputs: readonly (readonly [string, () => RunInput, string])[] = [
  ["a string", () => "hällo", Buffer.from("hällo").toString("hex")],
  ["an empty string", () => "", ""],
  ["bytes", () => bytes, Buffer.from(bytes).toString("hex")],
  ["a stream", () => new Blob([bytes]).stream(), Buffer.from(bytes).toString("hex")],
  ["an async iterable", chunks, Buffer.from(bytes).toString("hex")],
];

test.for(inputs)("%s given as input reaches the program byte for byte", async ([, input, expected]) => {
  await using bench = await openWorkbench();
  const { stdout } = await bench.shell("od -An -v -tx1 | tr -d ' \\n'", {}, { input: input() });
  expect(stdout).toBe(expected);
});

test("64 MiB of input reach the program whole", async () => {
  await using bench = await openWorkbench();
  const chunk = Buffer.alloc(1024 * 1024, "x");
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let n = 0; n < 64; n += 1) yield chunk;
  }
  const { stdout } = await bench.run(["wc", "-c"], {}, { input: source() });
  expect(stdout.trim()).toBe(String(64 * 1024 * 1024));
});

test("an endless input is read no faster than the program reads, and ends with the program", async () => {
  await using bench = await openWorkbench();
  let produced = 0;
  let released = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        produced += 65_536;
        yield new Uint8Array(65_536);
      }
    } finally {
      released = true;
    }
  }
  const { result } = await bench.run(["sleep", "0.3"], {}, { input: endless() });
  expect(result.status).toBe("succeeded");
  expect(produced).toBeLessThan(16 * 1024 * 1024);
  await expect.poll(() => released, { timeout: 30_000 }).toBe(true);
});

test("a program that reads a part of its input is judged by its own exit status", async () => {
  await using bench = await openWorkbench();
  const input = new Uint8Array(8 * 1024 * 1024);
  const { result, stdout } = await bench.shell("head -c 5 | wc -c; exit 0", {}, { input });
  expect(result.status).toBe("succeeded");
  expect(stdout.trim()).toBe("5");
  expect((await bench.run(["true"], {}, { input })).result.status).toBe("succeeded");
});

test("an input that never comes does not hold the run, and is cancelled", async () => {
  await using bench = await openWorkbench();
  let reason: unknown = "not cancelled";
  const input = new ReadableStream<Uint8Array>({
    cancel(why) {
      reason = why;
    },
  });
  const { result } = await bench.run(["true"], {}, { input });
  expect(result.status).toBe("succeeded");
  await expect.poll(() => reason, { timeout: 30_000 }).not.toBe("not cancelled");
});

test("an input that somebody else reads already is rejected, and starts nothing", async () => {
  await using bench = await openWorkbench();
  const input = new Blob(["x"]).stream();
  input.getReader();
  const { result, pgid } = await bench.run(["cat"], {}, { input });
  expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "payload_unreadable" } });
  expect(result.error_summary).toContain("locked");
  expect(pgid).toBeUndefined();
});

test("the input of a run that could not be started is cancelled", async () => {
  await using bench = await openWorkbench();
  let cancelled = false;
  const input = new ReadableStream<Uint8Array>({
    cancel() {
      cancelled = true;
    },
  });
  expect((await bench.run(["./nothing"], {}, { input })).result.status).toBe("rejected");
  await expect.poll(() => cancelled, { timeout: 30_000 }).toBe(true);
});

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("half of it");
  throw new Error("the disk was pulled");
}

test("an input that breaks off kills the program, and the run is failed with the reason", async () => {
  await using bench = await openWorkbench();
  // Would succeed with what it got, were it to see the end of its input.
  const { result } = await bench.run(["cat"], {}, { input: broken() });
  expect(result).toMatchObject({
    status: "failed",
    exit_code: 137,
    metadata: { "xrt.error_code": "payload_unreadable", "xrt.signal": "SIGKILL" },
  });
  expect(result.error_summary).toContain("the disk was pulled");
});

test("a payload that cannot be read is rejected, also when it vanishes at the last moment", async () => {
  await using bench = await openWorkbench();
  const payload = path.join(bench.directory, "payload");
  const missing = await bench.run(["cat"], { input_payload_path: payload });
  expect(missing.result).toMatchObject({
    status: "rejected",
    metadata: { "xrt.error_code": "payload_unreadable" },
  });

  await writeFile(payload, "x");
  const vanishing = afterChecks(bench.runner, () => rm(payload));
  const vanished = await bench.run(["cat"], { input_payload_path: payload }, { runner: vanishing });
  expect(vanished.result.status).toBe("rejected");
  expect(vanished.result.error_summary).toContain(`${payload} (it does not exist)`);

  await writeFile(payload, "x");
  const turning = afterChecks(bench.runner, async () => {
    await rm(payload);
    await mkdir(payload);
  });
  const directory = await bench.run(["cat"], { input_payload_path: payload }, { runner: turning });
  expect(directory.result).toMatchObject({
    status: "rejected",
    error_summary: expect.stringContaining("is a directory") as string,
  });
});

if (process.getuid?.() !== 0) {
  test("a payload that we may not read is rejected", async () => {
    await using bench = await openWorkbench();
    const payload = path.join(bench.directory, "payload");
    await writeFile(payload, "x");
    await chmod(payload, 0o000);
    const { result } = await bench.run(["cat"], { input_payload_path: payload });
    expect(result).toMatchObject({
      status: "rejected",
      metadata: { "xrt.error_code": "payload_unreadable" },
    });
  });
}

test("a FIFO that nobody writes to does not hold us up", async () => {
  await using bench = await openWorkbench();
  const fifo = path.join(bench.directory, "fifo");
  mkfifo(fifo);
  const { result, stdout } = await bench.run(["cat"], { input_payload_path: fifo });
  expect(result.status).toBe("succeeded");
  expect(stdout).toBe("");
});
