import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test as base } from "vitest";

export const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const cache = fileURLToPath(new URL("../node_modules/.cache/xrt", import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What came so far. */
  readonly shown: { readonly stdout: string; readonly stderr: string };
}

interface StartOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly stdio?: StdioOptions;
}

/** A folder, a temporary directory and a home of one test's own, and the command line in them. */
export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), "xrt-cli-test-"));
  readonly tmp = join(this.folder, "tmp");
  /** In the environment of everything that this test starts. */
  readonly mark = randomUUID();
  readonly env: Record<string, string | undefined>;

  constructor() {
    const bin = join(this.folder, "bin");
    for (const made of [this.tmp, bin, join(this.folder, "home")]) mkdirSync(made);
    writeFileSync(join(bin, "xrt"), `#!/bin/sh\nexec "${process.execPath}" -- "${main}" "$@"\n`);
    chmodSync(join(bin, "xrt"), 0o755);
    this.env = {
      PATH: [bin, dirname(process.execPath), process.env["PATH"]].join(":"),
      HOME: join(this.folder, "home"),
      TMPDIR: this.tmp,
      LANG: "C.UTF-8",
      NODE_COMPILE_CACHE: cache,
      XRT_TEST_MARK: this.mark,
    };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  /** What the command line left in the temporary directory. */
  left(): string[] {
    return readdirSync(this.tmp);
  }

  // Node looks for its own --env-file up to the first "--".
  xrt(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
    return this.start(args, options).ended;
  }

  start(args: readonly string[], options: StartOptions = {}): Started {
    return start(process.execPath, ["--", main, ...args], {
      cwd: this.folder,
      ...options,
      env: this.#with(options),
    });
  }

  /** `xrt` is on its PATH. Its status is that of the last command; write `pipefail` or PIPESTATUS for the others. */
  bash(script: string, options: StartOptions = {}): Promise<Ended> {
    return start("bash", ["-c", script], { cwd: this.folder, ...options, env: this.#with(options) }).ended;
  }

  #with({ env }: StartOptions): Record<string, string | undefined> {
    return { ...this.env, ...env };
  }
}

function start(program: string, args: readonly string[], { input, stdio, cwd, env }: StartOptions): Started {
  const stdin = input === undefined ? "ignore" : "pipe";
  const child = spawn(program, args, { cwd, env, stdio: stdio ?? [stdin, "pipe", "pipe"] });
  const shown = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (shown.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (shown.stderr += text));
  // It may end before it has read everything.
  child.stdin?.on("error", () => undefined).end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal, ...shown }));
  });
  return { process: child, ended, shown };
}

/** Processes that have the mark in their environment, as another process sees them. */
export function survivors(mark: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && hasMark(pid, mark));
}

function hasMark(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark);
  } catch {
    // It has ended, or belongs to somebody else.
    return false;
  }
}

/** Waits until the condition holds; a generous limit ends what would hang. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const limit = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A test with a sandbox, of which nothing is left: no file, and no process either. */
export const test = base.extend<{ sandbox: Sandbox }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads from it that no other fixture is needed
  sandbox: async ({}, use) => {
    const sandbox = new Sandbox();
    try {
      await use(sandbox);
      if (process.platform === "linux") {
        await until(() => survivors(sandbox.mark).length === 0, "all processes of the test have ended");
      }
    } finally {
      for (const pid of process.platform === "linux" ? survivors(sandbox.mark) : [])
        process.kill(pid, "SIGKILL");
      rmSync(sandbox.folder, { recursive: true, force: true });
    }
  },
});

/** An invocation that a test alters where it needs to. */
export function invocation(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    invocation_id: "test-1",
    runtime_name: "test",
    runtime_kind: "subprocess",
    working_directory: ".",
    command: ["true"],
    ...changes,
  });
}
