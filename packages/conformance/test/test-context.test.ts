import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { createTestContext, createTestInvocation } from "../src/index.ts";

test("output goes into real files, by descriptor, write and stream, in its order", async () => {
  await using context = await createTestContext();
  writeSync(context.stdout.fd, "by descriptor, ");
  const first = context.stdout.write("by write, ");
  const second = context.stdout.write(Buffer.from("by bytes, "));
  await Promise.all([first, second]);
  await new Blob(["by stream"]).stream().pipeTo(context.stdout.writable);
  await context.stderr.write("other");
  expect(context.output().toString()).toBe("by descriptor, by write, by bytes, by stream");
  expect(context.output("stderr").toString()).toBe("other");
});

test("disposing removes its files, and leaves a run directory that it was given", async () => {
  const given = mkdtempSync(join(realpathSync(tmpdir()), "xrt-given-"));
  try {
    const own = await createTestContext();
    const lent = await createTestContext({ directory: given });
    expect(existsSync(own.artifactDirectory)).toBe(true);
    await own[Symbol.asyncDispose]();
    await lent[Symbol.asyncDispose]();
    expect(existsSync(own.directory)).toBe(false);
    expect(existsSync(lent.stdout.path)).toBe(true);
  } finally {
    rmSync(given, { recursive: true, force: true });
  }
});

test("a deadline aborts `signal` as a TimeoutError, and its grace later `forceSignal`", async () => {
  await using context = await createTestContext({ timeoutMs: 1, graceMs: 1 });
  expect(context.remainingMs()).toBeLessThanOrEqual(1);
  await aborted(context.forceSignal);
  expect(context.signal.reason).toMatchObject({ name: "TimeoutError" });
  expect(context.remainingMs()).toBe(0);
});

test("without a deadline there is no end of time, and a cancel is an AbortError", async () => {
  await using context = await createTestContext();
  expect(context.remainingMs()).toBe(Infinity);
  context.abort();
  context.abort("deadline");
  expect(context.signal.reason).toMatchObject({ name: "AbortError" });
  expect(context.forceSignal.aborted).toBe(false);
  context.force();
  expect(context.forceSignal.aborted).toBe(true);
});

test("events and checkpoints are recorded in their order", async () => {
  await using context = await createTestContext();
  context.emit({ type: "started", pid: 1 });
  await context.checkpoint({ id: "r1", since: undefined as unknown as null });
  context.emit({ type: "acme.queued", data: { place: 3 } });
  expect(context.events).toMatchObject([
    { seq: 0, type: "started", pid: 1 },
    { seq: 1, type: "checkpoint", state: { id: "r1" } },
    { seq: 2, type: "acme.queued", data: { place: 3 } },
  ]);
  expect(context.checkpoints).toEqual([{ id: "r1" }]);
});

test("what core would refuse throws here too, and is told", async () => {
  await using context = await createTestContext();
  expect(() => context.emit({ type: "launched" } as never)).toThrow('a runner cannot emit "launched"');
  expect(() => context.emit({ type: "acme.size", data: Number.NaN })).toThrow("JSON does not carry");
  await expect(context.checkpoint(new Map() as never)).rejects.toThrow("JSON does not carry the checkpoint");
  expect(context.faults.refused).toHaveLength(3);
});

test("what comes after the end is too late, and is told", async () => {
  await using context = await createTestContext();
  context.end();
  context.emit({ type: "progress" });
  await expect(context.stdout.write("more")).rejects.toThrow("the run has ended");
  await expect(context.checkpoint(1)).rejects.toThrow("after its run had ended");
  expect(context.faults.late).toEqual([
    "an event of type progress",
    `4 bytes for ${context.stdout.path}`,
    "a checkpoint",
  ]);
  expect(context.events).toEqual([]);
});

test("input comes from the caller before the payload file, and there may be none", async () => {
  await using none = await createTestContext();
  expect(none.input).toBeNull();

  const path = join(none.directory, "payload");
  writeFileSync(path, "from the file");
  await using payload = await createTestContext({ inputPath: path });
  expect(payload.input?.path).toBe(path);
  expect(await read(payload.input)).toBe("from the file");

  await using caller = await createTestContext({ inputPath: path, input: "from the caller" });
  expect(caller.input?.path).toBeNull();
  expect(await read(caller.input)).toBe("from the caller");
});

test("secrets are redacted, the longest first", async () => {
  await using context = await createTestContext();
  context.addSecret("abc");
  context.addSecret("abcdef");
  expect(context.redact("abcdef and abc")).toBe("[redacted] and [redacted]");
  expect(() => context.addSecret(undefined as unknown as string)).toThrow(TypeError);
});

test("an invocation is frozen all the way down, and lacks nothing", () => {
  const environment = { LANG: "C" };
  const invocation = createTestInvocation({ command: ["hello"], environment, limits: { processes: 1 } });
  expect(invocation).toMatchObject({ command: ["hello"], runtime_kind: "unknown", timeout_seconds: null });
  expect(
    [invocation, invocation.command, invocation.environment, invocation.limits].every(Object.isFrozen),
  ).toBe(true);
  expect(Object.isFrozen(environment)).toBe(false);
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function read(input: { stream(): ReadableStream<Uint8Array> } | null): Promise<string> {
  return input === null ? Promise.resolve("") : text(input.stream());
}
