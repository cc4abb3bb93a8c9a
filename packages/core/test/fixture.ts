import { spawn, type ChildProcess } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "@xrt/contracts";
import { until } from "./workbench.ts";

export interface FixtureEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** A program of test/fixtures in a process of its own, which tells what happens over its channel. */
export interface Fixture {
  readonly process: ChildProcess;
  readonly messages: readonly unknown[];
  readonly events: readonly RunEvent[];
  readonly ended: Promise<FixtureEnd>;
  /** Waits until it has told of so many events of a type. */
  heard(type: RunEvent["type"], times?: number): Promise<void>;
}

export interface FixtureOptions {
  readonly uid?: number;
  /** A command that starts it, such as unshare(1). */
  readonly through?: readonly string[];
}

export function startFixture(name: string, parameters: unknown, options: FixtureOptions = {}): Fixture {
  const file = fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
  const { through = [], ...spawnOptions } = options;
  const [program, ...args] = [...through, process.execPath, file, JSON.stringify(parameters)];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe", "ipc"], ...spawnOptions });
  const messages: unknown[] = [];
  child.on("message", (message) => messages.push(message));
  const closed = new Promise<Omit<FixtureEnd, "stderr">>((resolve) => {
    child.once("close", (status, signal) => resolve({ status, signal }));
  });
  const stderr = child.stderr === null ? Promise.resolve("") : text(child.stderr);
  const fixture = {
    process: child,
    messages,
    get events() {
      return messages.filter(isEvent);
    },
    ended: Promise.all([closed, stderr]).then(([end, stderr]) => ({ ...end, stderr })),
    async heard(type: RunEvent["type"], times = 1) {
      const count = () => fixture.events.filter((event) => event.type === type).length;
      await until(`${name} has told ${times} times of ${type}`, async () => {
        if (count() >= times) return true;
        if (child.exitCode === null && child.signalCode === null) return false;
        throw new Error(`${name} ended: ${(await fixture.ended).stderr.slice(0, 4000)}`);
      });
    },
  };
  return fixture;
}

/** Runs it to its end; the last message is what it has to report. */
export async function runFixture(
  name: string,
  parameters: unknown,
  options?: FixtureOptions,
): Promise<unknown> {
  const fixture = startFixture(name, parameters, options);
  const { status, signal, stderr } = await fixture.ended;
  if (status === 0 && fixture.messages.length > 0) return fixture.messages.at(-1);
  throw new Error(`${name} ended with ${status ?? signal}: ${stderr.slice(0, 4000)}`);
}

/** What was begun, once it has got so far; disposed of where it does not. */
export async function begun<T extends AsyncDisposable>(thing: T, ready: Promise<void>): Promise<T> {
  try {
    await ready;
    return thing;
  } catch (error) {
    await thing[Symbol.asyncDispose]();
    throw error;
  }
}

function isEvent(message: unknown): message is RunEvent {
  return (message as { event_version?: unknown }).event_version === 1;
}
