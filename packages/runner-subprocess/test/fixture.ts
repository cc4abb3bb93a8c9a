import { spawn, type ChildProcess } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

export interface FixtureEnd {
  /** What it sent over its channel, in order. */
  readonly messages: readonly unknown[];
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Fixture {
  readonly process: ChildProcess;
  readonly messages: readonly unknown[];
  readonly ended: Promise<FixtureEnd>;
}

export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

/** Starts a program of test/fixtures in a process of its own, with `parameters` as JSON, under limits of the shell. */
export function startFixture(name: string, parameters: unknown, input = "", limits = ":"): Fixture {
  const script = `${limits} || exit; exec "$0" "$@"`;
  const args = ["-c", script, process.execPath, fixturePath(name), JSON.stringify(parameters)];
  const child = spawn("sh", args, { stdio: ["pipe", "pipe", "pipe", "ipc"] });
  const [stdin, stdout, stderr] = child.stdio;
  const messages: unknown[] = [];
  child.on("message", (message) => messages.push(message));
  // It may end without having read its input.
  stdin?.on("error", () => undefined);
  stdin?.end(input);
  return { process: child, messages, ended: end(child, [stdout, stderr], messages) };
}

/** Runs it to its end; the last message is what it has to report. */
export async function runFixture(
  name: string,
  parameters: unknown,
  input?: string,
  limits?: string,
): Promise<FixtureEnd & { readonly report: unknown }> {
  const ended = await startFixture(name, parameters, input, limits).ended;
  if (ended.status === 0 && ended.messages.length > 0) return { ...ended, report: ended.messages.at(-1) };
  throw new Error(`${name} ended with ${ended.status ?? ended.signal}: ${ended.stderr.slice(0, 4000)}`);
}

async function end(
  child: ChildProcess,
  outputs: readonly (Readable | null)[],
  messages: readonly unknown[],
): Promise<FixtureEnd> {
  const closed = new Promise<Pick<FixtureEnd, "status" | "signal">>((resolve) => {
    child.on("close", (status, signal) => resolve({ status, signal }));
  });
  const [stdout, stderr] = await Promise.all(outputs.map(async (output) => output && text(output)));
  return { messages, stdout: stdout ?? "", stderr: stderr ?? "", ...(await closed) };
}
