import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { Invocation, Issue, Json, Outcome, RunContext, RuntimeRunner } from "@xrt/contracts";

interface Config {
  readonly word: string | undefined;
}

/** Runs `command` in a process group of its own. Small, but it does all that a runner must; each broken one differs in a line. */
export class SoundRunner implements RuntimeRunner<Config> {
  readonly interfaceVersion = "1.0";
  readonly graceMs = 2000;
  readonly defaultTimeoutSeconds = 60;
  readonly supports = ["limits.cpu_seconds"];
  readonly metadata = {
    prefix: "sound.",
    schema: { "~standard": { version: 1 as const, vendor: "sound", validate: readMetadata } },
  };
  #server: Server | undefined;

  async run(invocation: Invocation, context: RunContext<Config>): Promise<Outcome> {
    context.signal.throwIfAborted();
    const [program = ""] = invocation.command;
    if (!existsSync(program)) {
      return rejected(`there is no program ${program}; install it, or change command`);
    }
    this.#server ??= await listen();
    const child = start(invocation, context);
    const stop = (): void => kill(child, "SIGTERM");
    const force = (): void => kill(child, "SIGKILL");
    context.signal.addEventListener("abort", stop, { once: true });
    context.forceSignal.addEventListener("abort", force, { once: true });
    const ticking = setInterval(() => context.emit({ type: "progress", phase: "running" }), 20);
    try {
      const exited = once(child, "exit");
      context.emit({ type: "started", pid: Number(child.pid) });
      await context.checkpoint({ pid: Number(child.pid) });
      child.stdin?.end(await readInput(context));
      const [code, signal] = (await exited) as [number | null, string | null];
      kill(child, "SIGKILL");
      context.signal.throwIfAborted();
      return conclude(code, signal, invocation);
    } finally {
      clearInterval(ticking);
      context.signal.removeEventListener("abort", stop);
      context.forceSignal.removeEventListener("abort", force);
    }
  }

  async recover(invocation: Invocation, state: Json, context: RunContext<Config>): Promise<Outcome> {
    if (state === null) return failed("supervisor_died", "the supervisor died before the process began");
    const { pid } = state as { pid: number };
    while (isAlive(pid)) await delay(10, undefined, { signal: context.signal });
    const code = readFileSync(join(context.directory, "exit-code"), "utf8");
    return conclude(Number(code), null, invocation);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
  }
}

/** The shell keeps the exit code where `recover` finds it. */
function start(
  { command, environment, working_directory: cwd, limits }: Invocation,
  context: RunContext<Config>,
): ChildProcess {
  const limit = limits?.cpu_seconds === undefined ? "" : `ulimit -t ${limits.cpu_seconds};`;
  const script = `trap : TERM; ${limit} "$@"; code=$?; echo $code > "$KEEP"; exit $code`;
  const keep = join(context.directory, "exit-code");
  return spawn("/bin/sh", ["-c", script, "sh", ...command], {
    cwd,
    env: { ...environment, KEEP: keep, ARTIFACTS: context.artifactDirectory },
    detached: true,
    stdio: [context.input === null ? "ignore" : "pipe", context.stdout.fd, context.stderr.fd],
  });
}

function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-Number(pid), signal);
  } catch {
    // The group is gone.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function readInput({ input }: RunContext<Config>): Promise<string> {
  return input === null ? "" : text(input.stream());
}

function conclude(code: number | null, signal: string | null, { limits }: Invocation): Outcome {
  if (code === 0) return { status: "succeeded", exit_code: 0 };
  if (limits !== null)
    return failed("limit_exceeded", "the process used more than its seconds of processor time");
  return failed("exit_status", `the process ended with ${code ?? signal}`, code);
}

function failed(
  code: "exit_status" | "limit_exceeded" | "supervisor_died",
  message: string,
  exit_code: number | null = null,
): Outcome {
  return { status: "failed", exit_code, error: { code, message } };
}

function rejected(message: string): Outcome {
  return { status: "rejected", error: { code: "command_not_found", message } };
}

async function listen(): Promise<Server> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function readMetadata(value: unknown): { value: Config } | { issues: Issue[] } {
  const { word, ...others } = value as Record<string, string>;
  const issues: Issue[] = Object.keys(others).map((key) => ({ path: [key], message: "unknown key" }));
  if (word === "") issues.push({ path: ["word"], message: "expected a word" });
  return issues.length > 0 ? { issues } : { value: { word } };
}
