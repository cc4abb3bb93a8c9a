import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { outcome, type OutputSink } from "@xrt/contracts";
import { readOutput } from "@xrt/core";
import { describe, expect, test } from "vitest";
import { heardWarnings } from "./heard-warnings.ts";
import { openBelow } from "./open-descriptors.ts";
import { processRunner } from "./process-runner.ts";
import { collect, openWorkbench, until, untilStopped, type Work } from "./workbench.ts";

const writing =
  (...chunks: (string | Uint8Array)[]): Work =>
  async (_invocation, { stdout }) => {
    for (const chunk of chunks) await stdout.write(chunk);
    return outcome.succeeded();
  };

describe("a sink", () => {
  test("keeps the order of a child's writes, our own and a stream's", async () => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(async (_invocation, { stdout, stderr }) => {
      await stdout.write("a");
      await say("b", stdout);
      const writer = stdout.writable.getWriter();
      await writer.write(Buffer.from("c"));
      await say("d", stdout);
      await writer.close();
      // Closing the stream leaves the file open.
      await stdout.write(new Uint8Array([0x65, 0x66]).subarray(0, 1));
      await stdout.write("");
      await stdout.write("é");
      await stderr.write("E");
      return outcome.succeeded();
    });
    expect(await readFile(result.stdout_path ?? "", "utf8")).toBe("abcdeé");
    expect(await readFile(result.stderr_path ?? "", "utf8")).toBe("E");
  });

  test("appends in the order of the calls, also when nobody waits, and loses nothing at the end", async () => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(async (_invocation, { stdout }) => {
      for (let index = 0; index < 500; index += 1) void stdout.write(`${index}\n`);
      return outcome.succeeded();
    });
    const expected = Array.from({ length: 500 }, (_, index) => `${index}\n`).join("");
    expect(await readFile(result.stdout_path ?? "", "utf8")).toBe(expected);
    expect(result.artifacts[0]?.metadata["xrt.size_bytes"]).toBe(String(expected.length));
  });

  test("takes a whole stream, with its bytes as they are", async () => {
    await using bench = await openWorkbench();
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 256);
    const { result } = await bench.run(async (_invocation, { stdout }) => {
      await new Blob([bytes]).stream().pipeTo(stdout.writable);
      return outcome.succeeded();
    });
    expect(Buffer.compare(await readFile(result.stdout_path ?? ""), bytes)).toBe(0);
  });

  test("refuses what comes after the end, which a host survives and hears of", async () => {
    await using bench = await openWorkbench();
    using warnings = heardWarnings("XRT_LATE_OUTPUT");
    let sink: OutputSink | undefined;
    const { result } = await bench.run(async (_invocation, { stdout }) => {
      sink = stdout;
      return outcome.succeeded();
    });
    void sink?.write("nobody waits for this");
    await expect(sink?.write("late")).rejects.toThrow("the run has ended");
    await expect(sink?.writable.getWriter().write(Buffer.from("late"))).rejects.toThrow("the run has ended");
    await until("it is told", () => warnings.all.length > 0);
    expect(warnings.all).toEqual([`output was dropped: ${result.stdout_path} is closed: the run has ended`]);
    expect(await readFile(result.stdout_path ?? "", "utf8")).toBe("");
  });

  test("refuses what comes while the run is described, so that no other file gets it", async () => {
    await using bench = await openWorkbench();
    const refused = Promise.withResolvers<unknown>();
    const { result } = await bench.run(async (_invocation, { stdout, artifactDirectory }) => {
      await writeFile(path.join(artifactDirectory, "large"), Buffer.alloc(8 * 1024 * 1024));
      const goOn = async (): Promise<never> => {
        for (;;) await stdout.write("x");
      };
      await stdout.write("x");
      goOn().catch(refused.resolve);
      return outcome.succeeded();
    });
    expect(await refused.promise).toMatchObject({ message: expect.stringContaining("the run has ended") });
    const size = result.artifacts[0]?.metadata["xrt.size_bytes"];
    expect((await readFile(result.stdout_path ?? "")).length).toBe(Number(size));
  });
});

describe("reading a run's output", () => {
  test("gives bytes as they come, to readers early and late, each at its own pace", async () => {
    await using bench = await openWorkbench();
    const step = Promise.withResolvers<void>();
    const run = bench.start(async (_invocation, { stdout, stderr }) => {
      await stdout.write("one ");
      await step.promise;
      await stdout.write("two");
      await stderr.write("err");
      return outcome.succeeded();
    });
    const early = run.output().getReader();
    const { value } = await early.read();
    expect(Buffer.from(value ?? []).toString()).toBe("one ");
    const middle = text(run.output());
    const error = text(run.output("stderr"));
    step.resolve();
    await run.result;
    expect(await Promise.all([middle, text(run.output()), error])).toEqual(["one two", "one two", "err"]);
    expect(Buffer.from((await early.read()).value ?? []).toString()).toBe("two");
    expect((await early.read()).done).toBe(true);
  });

  test("from an offset on, without following, and from behind the end", async () => {
    await using bench = await openWorkbench();
    const written = Promise.withResolvers<void>();
    const run = bench.start(async (invocation, context) => {
      await context.stdout.write("0123456789");
      written.resolve();
      return untilStopped(invocation, context);
    });
    await written.promise;
    expect(await text(run.output("stdout", { from: 4, follow: false }))).toBe("456789");
    expect(await text(run.output("stdout", { from: 99, follow: false }))).toBe("");
    const following = text(run.output("stdout", { from: 8 }));
    await run.cancel();
    expect(await following).toBe("89");
    for (const from of [-1, 0.5, Number.NaN])
      expect(() => run.output("stdout", { from })).toThrow(
        new RangeError(`from: expected an offset in bytes, 0 or more, got ${from}`),
      );
  });

  test("a reader that takes its time holds nobody up and misses nothing", async () => {
    await using bench = await openWorkbench();
    const line = "x".repeat(1023);
    const run = bench.start(async (_invocation, { stdout }) => {
      for (let index = 0; index < 64; index += 1) await stdout.write(`${line}\n`.repeat(64));
      return outcome.succeeded();
    });
    const reader = run.output().getReader();
    let bytes = (await reader.read()).value?.length ?? 0;
    await run.result;
    for (let part = await reader.read(); !part.done; part = await reader.read()) bytes += part.value.length;
    expect(bytes).toBe(64 * 64 * 1024);
  });

  test("20 readers at once each get all of it", async () => {
    await using bench = await openWorkbench();
    const run = bench.start(processRunner(), {
      command: ["sh", "-c", "for i in 1 2 3 4 5; do echo $i; sleep 0.02; done"],
    });
    const readers = Array.from({ length: 20 }, async () => text(run.output()));
    expect(new Set(await Promise.all(readers))).toEqual(new Set(["1\n2\n3\n4\n5\n"]));
  });

  test("goes on from the start when the program truncates its own output", async () => {
    await using bench = await openWorkbench();
    const run = bench.start(processRunner(), {
      command: [
        "sh",
        "-c",
        "echo a long first line; until [ -e go ]; do sleep 0.02; done; echo two > /dev/stdout",
      ],
    });
    const lines = run.lines()[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("a long first line");
    await writeFile(path.join(bench.directory, "go"), "");
    expect((await lines.next()).value).toBe("two");
    expect((await lines.next()).done).toBe(true);
    await run.result;
  });

  test("leaves no descriptor open, whether read to the end, left early or cancelled", async () => {
    await using bench = await openWorkbench();
    const run = bench.start(writing("one\ntwo\nthree\n"));
    await run.result;
    await text(run.output());
    for await (const line of run.lines()) if (line === "two") break;
    const reader = run.output().getReader();
    await reader.read();
    await reader.cancel();
    await run.output().cancel();
    await until("all are closed", () => openBelow(bench.directory).length === 0);
  });

  test("is empty for a run that has no directory", async () => {
    await using bench = await openWorkbench();
    const run = bench.runtime.start(bench.invocation());
    expect(run.directory).toBeNull();
    expect(await text(run.output())).toBe("");
    expect(await collect(run.lines("stderr"))).toEqual([]);
    expect((await run.result).status).toBe("rejected");
  });
});

describe("lines", () => {
  test("come without their ends, LF or CRLF, the last with or without one", async () => {
    await using bench = await openWorkbench();
    const linesOf = async (...chunks: (string | Uint8Array)[]) =>
      collect(bench.start(writing(...chunks)).lines());
    expect(await linesOf("a\nb\r\n\nc")).toEqual(["a", "b", "", "c"]);
    expect(await linesOf("a\r", "\nb\rc\n")).toEqual(["a", "b\rc"]);
    expect(await linesOf("\n")).toEqual([""]);
    expect(await linesOf("")).toEqual([]);
    expect(await linesOf("\ufeffa\n")).toEqual(["\ufeffa"]);
  });

  test("are whole characters, wherever the bytes were split", async () => {
    await using bench = await openWorkbench();
    const bytes = Buffer.from("aé€💥\n💥b");
    const run = bench.start(async (_invocation, { stdout }) => {
      for (const byte of bytes) {
        await stdout.write(Uint8Array.of(byte));
        await delay(1);
      }
      return outcome.succeeded();
    });
    expect(await collect(run.lines())).toEqual(["aé€💥", "💥b"]);
  });

  test("over 1 MiB come in pieces, which joined are the line", async () => {
    await using bench = await openWorkbench();
    const long = "0123456789".repeat(350_000);
    const lines = await collect(bench.start(writing(`${long}\nshort\n`)).lines());
    expect(lines.at(-1)).toBe("short");
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.slice(0, -1).join("")).toBe(long);
  });
});

describe("readOutput", () => {
  test("reads stdout by default, stderr, or both, one after the other", async () => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(processRunner(), { command: ["sh", "-c", "echo out; echo err >&2"] });
    expect(await readOutput(result)).toEqual({ text: "out\n", bytes: 4, truncated: false });
    expect(await readOutput(result, { stream: "stderr" })).toMatchObject({ text: "err\n" });
    expect(await readOutput(result, { stream: "both" })).toEqual({
      text: "out\nerr\n",
      bytes: 8,
      truncated: false,
    });
  });

  test("keeps the end, the start, or both ends", async () => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(writing("0123456789"));
    const keep = async (keep: "start" | "end" | "ends", maxBytes: number) =>
      readOutput(result, { keep, maxBytes });
    expect(await readOutput(result, { maxBytes: 4 })).toEqual({ text: "6789", bytes: 10, truncated: true });
    expect(await keep("start", 4)).toEqual({ text: "0123", bytes: 10, truncated: true });
    expect(await keep("ends", 5)).toEqual({ text: "01\n[6 bytes left out]\n89", bytes: 10, truncated: true });
    for (const end of ["start", "end", "ends"] as const) {
      expect(await keep(end, 10)).toEqual({ text: "0123456789", bytes: 10, truncated: false });
      expect(await keep(end, 0)).toMatchObject({ bytes: 10, truncated: true });
    }
    expect((await keep("end", 0)).text).toBe("");
  });

  test("reads 1 MiB of each stream unless told otherwise", async () => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(writing("x".repeat(1024 * 1024 + 1)));
    const { text, bytes, truncated } = await readOutput(result);
    expect([text.length, bytes, truncated]).toEqual([1024 * 1024, 1024 * 1024 + 1, true]);
  });

  test("cuts no character in two", async () => {
    await using bench = await openWorkbench();
    const whole = "💥€é".repeat(3);
    const { result } = await bench.run(writing(whole));
    for (let maxBytes = 0; maxBytes <= Buffer.byteLength(whole); maxBytes += 1) {
      for (const keep of ["start", "end", "ends"] as const) {
        const { text } = await readOutput(result, { keep, maxBytes });
        expect(text).not.toContain("\ufffd");
        const [start = "", end = ""] = text.split(/\n\[\d+ bytes left out\]\n/);
        expect(whole.startsWith(start) || whole.endsWith(start)).toBe(true);
        expect(whole.endsWith(end)).toBe(true);
      }
    }
  });

  test("shows bytes that are no UTF-8 as replacement characters", async () => {
    await using bench = await openWorkbench();
    const { result } = await bench.run(writing(Uint8Array.of(0x61, 0xff, 0x80, 0x80, 0x80, 0x80, 0x62)));
    expect((await readOutput(result)).text).toMatch(/^a\ufffd+b$/);
    expect((await readOutput(result, { maxBytes: 2 })).text).toMatch(/b$/);
  });

  test("is empty where there is no path, and an empty file is no error", async () => {
    const none = { stdout_path: null, stderr_path: null };
    expect(await readOutput(none, { stream: "both" })).toEqual({ text: "", bytes: 0, truncated: false });
    await using bench = await openWorkbench();
    const { result } = await bench.run(writing());
    expect(await readOutput(result, { maxBytes: 0 })).toEqual({ text: "", bytes: 0, truncated: false });
  });

  test("rejects for a file that is gone and for a size that is none", async () => {
    const gone = { stdout_path: "/nowhere/stdout.txt", stderr_path: null };
    await expect(readOutput(gone)).rejects.toMatchObject({ code: "ENOENT" });
    for (const maxBytes of [-1, 1.5, Number.NaN, Infinity])
      await expect(readOutput(gone, { maxBytes })).rejects.toThrow(RangeError);
  });
});

async function say(word: string, { fd }: OutputSink): Promise<void> {
  const child = spawn("sh", ["-c", `printf ${word}`], { stdio: ["ignore", fd, "ignore"] });
  await once(child, "exit");
}
