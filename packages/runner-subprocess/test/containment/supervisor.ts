import { spawn, type ChildProcess } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { AnyResult } from "@xrt/contracts";
import type { RuntimeInvocation } from "@xrt/contracts/v0.1";
import { optionsOf, type Setting } from "./settings.ts";

type Fields = Partial<RuntimeInvocation> & Pick<RuntimeInvocation, "command">;

/** What a supervisor is told. */
export type Order =
  | { readonly type: "start"; readonly id: number; readonly fields: Fields }
  | { readonly type: "deadline" | "cancel"; readonly id: number }
  | { readonly type: "spawn"; readonly command: readonly string[]; readonly cwd: string }
  | { readonly type: "end"; readonly how: "exit" | "exception" }
  /** Takes every descriptor that there is, or gives them back. */
  | { readonly type: "exhaust" | "relieve" }
  | { readonly type: "close" | "terminate" };

/** What it tells. */
export type Report =
  | { readonly type: "ready" | "exhausted" | "closed" }
  | { readonly type: "started"; readonly id: number; readonly pid: number }
  | { readonly type: "result"; readonly id: number; readonly result: AnyResult };

export interface SupervisedRun {
  readonly result: Promise<AnyResult>;
  stop(how: "deadline" | "cancel"): void;
}

export interface SupervisorEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** A process with a runtime in it. Disposing closes the runtime and waits for the process to end by itself. */
export interface Supervisor extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<SupervisorEnd>;
  start(fields: Fields): SupervisedRun;
  tell(order: Order): void;
  /** Resolves at the first such report. */
  hear(type: Report["type"]): Promise<void>;
}

/** Milliseconds between the signal that asks and SIGKILL: what ignores the first is to be killed, soon. */
const graceMs = 100;

export interface SupervisorOptions {
  /** A worker thread of the process has the runtime. */
  readonly inWorker?: boolean;
  /** What starts the process: `unshare`, `sh`. */
  readonly through?: readonly string[];
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

/** The command line of a supervisor, also for one that is itself a run. */
export function supervisorCommand({ mode }: Pick<Setting, "mode">, inWorker = false): string[] {
  const program = fixture(inWorker ? "supervise-in-worker.ts" : "supervise-trees.ts");
  return [process.execPath, program, JSON.stringify({ graceMs, ...optionsOf(mode) })];
}

export async function startSupervisor(
  setting: Setting,
  { inWorker = false, through = [] }: SupervisorOptions = {},
): Promise<Supervisor> {
  const [program = "", ...args] = [...through, ...supervisorCommand(setting, inWorker)];
  const child = spawn(program, args, {
    ...setting.user.ids,
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const said = child.stderr === null ? Promise.resolve("") : text(child.stderr);
  const ended = new Promise<SupervisorEnd>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status, signal) => {
      resolve(said.then((stderr) => ({ status, signal, stderr })));
    });
  });
  const results = new Map<number, (result: AnyResult) => void>();
  const heard = new Map<Report["type"], PromiseWithResolvers<void>>();
  const hearing = (type: Report["type"]): PromiseWithResolvers<void> => {
    const known = heard.get(type) ?? Promise.withResolvers<void>();
    heard.set(type, known);
    return known;
  };
  child.on("message", (message) => {
    const report = message as Report;
    hearing(report.type).resolve();
    if (report.type === "result") results.get(report.id)?.(report.result);
  });
  const tell = (order: Order): void => {
    if (child.connected) child.send(order);
  };
  let runs = 0;
  const ready = hearing("ready").promise;
  await Promise.race([
    ready,
    ended.then(({ stderr }) => Promise.reject(new Error(`no supervisor: ${stderr}`))),
  ]);
  return {
    process: child,
    pid: child.pid ?? 0,
    ended,
    tell,
    hear: (type) => hearing(type).promise,
    start(fields) {
      const id = runs;
      runs += 1;
      const { promise, resolve } = Promise.withResolvers<AnyResult>();
      results.set(id, resolve);
      tell({ type: "start", id, fields });
      return { result: promise, stop: (how) => tell({ type: how, id }) };
    },
    async [Symbol.asyncDispose]() {
      tell({ type: "close" });
      if (inWorker) void hearing("closed").promise.then(() => child.connected && child.disconnect());
      // A test that failed may have left it with something to wait for.
      const impatience = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(impatience);
    },
  };
}
