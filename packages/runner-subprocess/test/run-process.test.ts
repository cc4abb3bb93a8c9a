import { mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync, openSync, closeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isXrtError, type XrtError } from "@xrt/contracts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runProcess } from "../src/index.ts";
import { isLiving } from "./living-processes.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "xrt-process-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What does not start, rejects. */
async function failureOf(promise: Promise<unknown>): Promise<XrtError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isXrtError(error)) throw new Error(`expected an error of XRT, got ${String(error)}`);
  return error;
}

test("a process's output, exit status and duration come back", async () => {
  const result = await runProcess(["sh", "-c", "echo out; echo err >&2; exit 3"]);
  expect(result).toMatchObject({
    ok: false,
    exitCode: 3,
    signal: null,
    timedOut: false,
    cancelled: false,
    stdout: "out\n",
    stderr: "err\n",
    truncated: false,
  });
  expect(result.durationMs).toBeGreaterThan(0);
  expect((await runProcess(["true"])).ok).toBe(true);
});

test("a process killed by a signal has its name and no exit status", async () => {
  const result = await runProcess(["sh", "-c", "kill -s USR1 $$"]);
  expect(result).toMatchObject({ ok: false, exitCode: null, signal: "SIGUSR1", cancelled: false });
});

test("input is text, bytes or a stream, and its end is told", async () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, n) => n % 251);
  expect((await runProcess(["cat"], { input: "grüße\n" })).stdout).toBe("grüße\n");
  expect((await runProcess(["sh", "-c", "wc -c"], { input: bytes })).stdout.trim()).toBe("200000");
  const stream = new Blob([bytes]).stream();
  expect((await runProcess(["sh", "-c", "wc -c"], { input: stream })).stdout.trim()).toBe("200000");
  expect((await runProcess(["cat"])).stdout).toBe("");
});

test("an input that breaks off ends the process, and rejects with its reason", async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("the disk is gone"));
    },
  });
  await expect(runProcess(["sleep", "300"], { input: stream })).rejects.toThrow("the disk is gone");
});

test("arguments and environment arrive as they are, whatever is in them", async () => {
  const value = `a'b"c$d\`e\\f\n\u{1f600}\u00c4\u0081\t*`;
  const printed = await runProcess(["sh", "-c", 'printf %s "$1|$VALUE"', "sh", value], {
    env: { VALUE: value },
  });
  expect(printed.stdout).toBe(`${value}|${value}`);
  const odd = { "a.b": value, "BASH_FUNC_x%%": "() { :; }" };
  const all = await runProcess(["env", "-0"], { inheritEnvironment: ["PATH"], env: odd });
  expect(all.stdout.split("\0").toSorted()).toEqual(
    ["", `PATH=${process.env["PATH"]}`, `a.b=${value}`, "BASH_FUNC_x%%=() { :; }"].toSorted(),
  );
});

test("env unsets with undefined, and cwd may be a URL", async () => {
  const result = await runProcess(["sh", "-c", 'echo "${HOME-unset}"; pwd'], {
    env: { HOME: undefined },
    cwd: new URL(`file://${folder}/`),
  });
  expect(result.stdout).toBe(`unset\n${folder}\n`);
});

test("the timeout stops a process and all that it started", async () => {
  const script = `setsid sleep 300 & echo $! > pid; wait`;
  const result = await runProcess(["sh", "-c", script], { cwd: folder, timeoutMs: 500 });
  expect(result).toMatchObject({ ok: false, timedOut: true, cancelled: false, signal: "SIGKILL" });
  expect(isLiving(Number(readFileSync(path.join(folder, "pid"), "utf8")))).toBe(false);
});

test("a cancel asks first, and a signal that has aborted already starts nothing", async () => {
  const controller = new AbortController();
  const result = await runProcess(
    ["sh", "-c", "trap 'echo asked; exit 5' TERM; echo > ready; while :; do sleep 0.01; done"],
    {
      cwd: folder,
      signal: controller.signal,
      onStart: () => void whenReady(path.join(folder, "ready")).then(() => controller.abort()),
    },
  );
  expect(result).toMatchObject({ ok: false, cancelled: true, exitCode: 5, stdout: "asked\n" });
  const never = await runProcess(["sh", "-c", "echo > never"], { cwd: folder, signal: AbortSignal.abort() });
  expect(never).toMatchObject({ ok: false, cancelled: true, exitCode: null, stdout: "" });
  expect(() => readFileSync(path.join(folder, "never"))).toThrow("ENOENT");
});

async function whenReady(file: string): Promise<void> {
  for (;;) {
    try {
      readFileSync(file);
      return;
    } catch {
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
  }
}

test("what a process leaves is killed, or kept where that is wanted, and delays nobody", async () => {
  const script = "sleep 300 & echo $!";
  const killed = await runProcess(["sh", "-c", script]);
  expect(isLiving(Number(killed.stdout))).toBe(false);
  const kept = await runProcess(["sh", "-c", script], { leftovers: "leave" });
  const pid = Number(kept.stdout);
  try {
    expect(isLiving(pid)).toBe(true);
  } finally {
    process.kill(pid, "SIGKILL");
  }
});

test("output beyond maxBytes is read, dropped, and said to be missing", async () => {
  const result = await runProcess(["sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x; echo end >&2"], {
    maxBytes: 1000,
  });
  expect(result).toMatchObject({ ok: true, truncated: true, stdout: "x".repeat(1000), stderr: "end\n" });
});

test("a stream may go into a file of the caller's, or nowhere", async () => {
  const file = path.join(folder, "log");
  const fd = openSync(file, "a");
  try {
    const result = await runProcess(["sh", "-c", "echo out; echo err >&2"], { stdout: fd, stderr: "ignore" });
    expect(result).toMatchObject({ ok: true, stdout: "", stderr: "" });
  } finally {
    closeSync(fd);
  }
  expect(readFileSync(file, "utf8")).toBe("out\n");
});

test("what cannot be started rejects with one sentence, a code and the system's error", async () => {
  const missing = await failureOf(runProcess(["no-such-program"]));
  expect(missing).toMatchObject({
    code: "ERR_XRT_NOT_STARTED",
    error: { code: "command_not_found" },
    cause: { code: "ENOENT" },
  });
  expect(missing.message).toContain('"no-such-program" is in no directory of PATH');
  const elsewhere = await failureOf(runProcess(["true"], { cwd: path.join(folder, "gone") }));
  expect(elsewhere.error?.code).toBe("directory_missing");
});

test("a program that only the system refuses is told from one that exits with 126", async () => {
  const file = path.join(folder, "program");
  writeFileSync(file, "#!/bin/sh\nexit 126\n");
  chmodSync(file, 0o755);
  expect(await runProcess([file])).toMatchObject({ ok: false, exitCode: 126, stderr: "" });
  const writer = openSync(file, "a");
  try {
    const busy = await failureOf(runProcess([file]));
    expect(busy.error).toMatchObject({ code: "command_not_executable", retryable: true });
  } finally {
    closeSync(writer);
  }
});

test("onStart tells of the process; what it throws ends it and rejects", async () => {
  let seen: { pid: number; pgid: number; process_start: string } | undefined;
  const { stdout } = await runProcess(["sh", "-c", "echo $$"], {
    onStart: (started) => {
      seen = started;
    },
  });
  expect(seen).toMatchObject({ pid: Number(stdout), pgid: Number(stdout) });
  const broken = runProcess(["sleep", "300"], {
    onStart: () => {
      throw new Error("no thanks");
    },
  });
  await expect(broken).rejects.toThrow("no thanks");
});

test("options that cannot be are refused, all of them at once", async () => {
  const options = { timeoutMs: -1, stdout: "file", maxBytes: 0.5 } as never;
  await expect(runProcess(["true"], options)).rejects.toThrow(
    /runProcess\(command, options\): .*timeoutMs.*stdout.*maxBytes/s,
  );
  await expect(runProcess(["true"], { timeOut: 5 } as never)).rejects.toThrow("timeOut");
});
