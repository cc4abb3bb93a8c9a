import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdirSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { End, Row } from "./rows.ts";
import { deadlineSeconds } from "./tools.ts";

/** Milliseconds after the end at which nothing may live. */
export const afterMs = 600;

/** Milliseconds past the deadline, or past the leader's end, after which a tool that has not settled hangs. */
const patienceMs = 1500;

/** How many processes of a tree live `afterMs` after its end, and whether the tool itself never came to an end. */
export interface Survivors {
  readonly alive: number;
  readonly hangs: boolean;
}

/** The trees of the containment tests, so that what is shown is what is tested. */
export function compileShapes(folder: string): string {
  const tests = new URL(
    "test/containment/fixtures/",
    import.meta.resolve("@xrt/runner-subprocess/package.json"),
  );
  const program = join(folder, "shapes");
  execFileSync("cc", ["-o", program, fileURLToPath(new URL("shapes.c", tests))]);
  return program;
}

/** Runs one tree under one tool to its end. What is left is killed once it is counted. */
export async function countSurvivors(
  tool: string,
  { shape, end }: Row,
  program: string,
  folder: string,
): Promise<Survivors> {
  mkdirSync(folder, { recursive: true });
  const mark = join(folder, "mark");
  execFileSync("mkfifo", [mark]);
  const fifo = openSync(mark, constants.O_RDONLY | constants.O_NONBLOCK);
  const command = [program, shape, mark, end === "leader" ? "exit" : "stay"];
  const driver = fileURLToPath(new URL("drive.ts", import.meta.url));
  const child = spawn(process.execPath, [driver, tool, folder, JSON.stringify(command)], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    // A tree that stops its group stops the supervisor too, where a tool starts it in its own.
    detached: true,
  });
  const exited = once(child, "exit");
  const ended = once(child, "message");
  try {
    await untilReady(fifo);
    const hangs = await bringToEnd(child, end, ended, exited);
    await delay(afterMs);
    // A tree that hops may be between two processes, but holds its FIFO.
    const listed = execFileSync(program, ["survivors", mark], { encoding: "latin1" }).split("\n").length - 1;
    return { alive: isHeld(fifo) ? Math.max(1, listed) : 0, hangs };
  } finally {
    child.kill("SIGKILL");
    await exited;
    execFileSync(program, ["kill", mark]);
    closeSync(fifo);
  }
}

/** Whether the tool hung instead. */
async function bringToEnd(
  child: ChildProcess,
  end: End,
  ended: Promise<unknown>,
  exited: Promise<unknown>,
): Promise<boolean> {
  if (end === "deadline" || end === "leader") {
    const limit = (end === "deadline" ? deadlineSeconds * 1000 : 0) + patienceMs;
    return Promise.race([ended.then(() => false), delay(limit, true)]);
  }
  if (end === "exit" || end === "exception") child.send(end);
  else child.kill(end);
  await exited;
  return false;
}

async function untilReady(fifo: number): Promise<void> {
  const limit = performance.now() + 30_000;
  const buffer = Buffer.alloc(64);
  for (;;) {
    try {
      if (readSync(fifo, buffer) > 0) return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
    if (performance.now() > limit) throw new Error("the tree did not come to stand within 30 seconds");
    await delay(2);
  }
}

function isHeld(fifo: number): boolean {
  try {
    return readSync(fifo, Buffer.alloc(64)) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return true;
    throw error;
  }
}
