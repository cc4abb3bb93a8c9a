import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { fixture } from "./supervisor.ts";

/** Every shape of shapes.c, and what ends with the leader: a shape of which something is left then. */
export const shapes = [
  { shape: "ignores-sigterm", leaves: false },
  { shape: "grandchild", leaves: true },
  { shape: "both-ignore-sigterm", leaves: true },
  { shape: "own-group", leaves: true },
  { shape: "setsid", leaves: true },
  { shape: "double-fork", leaves: true },
  { shape: "empty-environment", leaves: true },
  { shape: "hopper", leaves: true },
  { shape: "non-dumpable", leaves: true },
  { shape: "stopped-leader", leaves: false },
  { shape: "stopped-group", leaves: false },
  { shape: "stopped-child", leaves: true },
  { shape: "stopped-escapee", leaves: true },
] as const;
export type Shape = (typeof shapes)[number]["shape"];

/** Milliseconds in which what is to come must come, on a slow machine: the outcome is tested, not the time. */
const patienceMs = 15_000;

export interface TreeOptions {
  /** What the leader does once the tree stands. */
  readonly leader?: "stay" | "exit";
  /** How many of what the leader starts. Default 1. */
  readonly count?: number;
  /** Seconds after which each of its processes ends by itself. */
  readonly lifetime?: number;
}

/** One tree of processes, or one that is to be. Disposing kills what is left of it. */
export interface Tree extends Disposable {
  readonly command: string[];
  readonly folder: string;
  /** It stands: all of its processes are there. */
  ready(): Promise<void>;
  /** None of its processes lives; fails with those that do. */
  gone(): Promise<void>;
  /** Its processes that live, each as "pid state". */
  living(): string[];
}

/** A folder with the compiled shapes in it. Disposing kills what is left of every tree, and removes the folder. */
export interface Scratch extends Disposable {
  readonly directory: string;
  readonly program: string;
  tree(shape: Shape, options?: TreeOptions): Tree;
  /** What a bystander runs as, and the file that ends it well. */
  bystander(): Tree & { readonly go: string };
}

export function openScratch(): Scratch {
  const directory = realpathSync(mkdtempSync(path.join(os.tmpdir(), "xrt-containment-")));
  chmodSync(directory, 0o777);
  const program = path.join(directory, "shapes");
  execFileSync("cc", ["-Wall", "-Wextra", "-o", program, fixture("shapes.c")]);
  const trees: Tree[] = [];
  let count = 0;

  const grow = (build: (mark: string, folder: string) => string[]): Tree => {
    count += 1;
    const folder = path.join(directory, String(count));
    const mark = path.join(folder, "mark");
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    execFileSync("mkfifo", ["-m", "666", mark]);
    const fd = openSync(mark, constants.O_RDONLY | constants.O_NONBLOCK);
    const tree = watch(program, build(mark, folder), folder, mark, fd);
    trees.push(tree);
    return tree;
  };
  return {
    directory,
    program,
    tree: (shape, { leader = "stay", count = 1, lifetime = 60 } = {}) =>
      grow((mark) => [program, shape, mark, leader, String(count), String(lifetime)]),
    bystander() {
      const tree = grow((mark, folder) => [program, "bystander", mark, path.join(folder, "go"), "300"]);
      return Object.assign(tree, { go: path.join(tree.folder, "go") });
    },
    [Symbol.dispose]() {
      for (const tree of trees) tree[Symbol.dispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function watch(program: string, command: string[], folder: string, mark: string, fd: number): Tree {
  let heard = "";
  const buffer = Buffer.alloc(4096);
  /** Whether anybody holds the FIFO; takes in what they wrote. */
  const isHeld = (): boolean => {
    try {
      for (;;) {
        const length = readSync(fd, buffer);
        if (length === 0) return false;
        heard += buffer.toString("latin1", 0, length);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return true;
      throw error;
    }
  };
  const living = (): string[] =>
    execFileSync(program, ["survivors", mark], { encoding: "latin1" }).split("\n").slice(0, -1);
  let isOpen = true;
  const stops = command[1]?.startsWith("stopped-") === true;
  const shown = command.slice(1).join(" ");
  return {
    command,
    folder,
    living,
    async ready() {
      await until(`${shown} stands`, () => {
        isHeld();
        return heard.includes("ready") && (!stops || living().some((line) => line.endsWith("T")));
      });
    },
    async gone() {
      await until(
        () => `${shown} is gone; there are still ${living().join(", ")}`,
        () => !isHeld(),
      );
      const left = living();
      if (left.length > 0) throw new Error(`${shown} holds its FIFO no more and lives: ${left.join(", ")}`);
    },
    [Symbol.dispose]() {
      if (!isOpen) return;
      isOpen = false;
      // After most tests there is nothing.
      if (isHeld()) execFileSync(program, ["kill", mark]);
      closeSync(fd);
    },
  };
}

/** Asks again and again; a condition that never comes true fails by its name. */
export async function until(what: string | (() => string), condition: () => boolean): Promise<void> {
  const limit = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > limit)
      throw new Error(
        `waited ${patienceMs / 1000} seconds in vain until ${typeof what === "string" ? what : what()}`,
      );
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

/** Starts a tree by itself, as no run of anybody: in a session of its own. */
export function startAlone(tree: Tree, ids: { readonly uid?: number; readonly gid?: number } = {}): void {
  const [program = "", ...args] = tree.command;
  spawn(program, args, { ...ids, cwd: tree.folder, stdio: "ignore", detached: true }).unref();
}

/** Lets a bystander end. */
export function letGo({ go }: { readonly go: string }): void {
  writeFileSync(go, "");
}
