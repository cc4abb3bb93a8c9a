import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What of this process a runner may not leave changed. */
export interface ProcessState {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly umask: number;
  readonly exitCode: typeof process.exitCode;
  /** By event name. */
  readonly listeners: Readonly<Record<string, number>>;
}

export function processState(): ProcessState {
  const names = process.eventNames();
  return {
    directory: process.cwd(),
    environment: { ...process.env },
    umask: process.umask(),
    exitCode: process.exitCode,
    listeners: Object.fromEntries(names.map((name) => [String(name), process.listenerCount(name)])),
  };
}

/** Resources that keep this process alive, by type: `Timeout`, `TCPSocketWrap`, `ProcessWrap`, … */
export function activeResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

/** What each open descriptor of this process is; empty where a system does not tell (only Linux has /proc/self/fd). */
export function openDescriptors(): Map<number, string> {
  const open = new Map<number, string>();
  for (const fd of entries("/proc/self/fd")) {
    const target = attempt(() => readlinkSync(`/proc/self/fd/${fd}`));
    // The descriptor of this very look is gone by now.
    if (target !== undefined) open.set(Number(fd), target);
  }
  return open;
}

/** A process that is not this one. */
export interface OtherProcess {
  readonly pid: number;
  readonly command: string;
}

/** This process's own living children. Empty where a system does not tell (only Linux has /proc). */
export function childProcesses(): OtherProcess[] {
  return livingProcesses(({ parent }) => parent === process.pid);
}

/** Living processes that work below one of the directories, or hold a file there open. Empty as above. */
export function processesAt(directories: readonly string[]): OtherProcess[] {
  return livingProcesses(({ pid }) => {
    const fds = entries(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
    return [`/proc/${pid}/cwd`, ...fds].some((path) => {
      const target = attempt(() => readlinkSync(path));
      return target !== undefined && directories.some((directory) => target.startsWith(directory));
    });
  });
}

/** Zombies are dead. */
function livingProcesses(wanted: (found: { pid: number; parent: number }) => boolean): OtherProcess[] {
  return entries("/proc")
    .map(Number)
    .filter((pid) => {
      if (!(pid > 0) || pid === process.pid) return false;
      const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
      // proc(5): the state and the parent come after the name, which may hold any byte.
      const [state = "X", parent] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
      return state !== "Z" && state !== "X" && wanted({ pid, parent: Number(parent) });
    })
    .map((pid) => ({ pid, command: commandOf(pid) }));
}

function commandOf(pid: number): string {
  const text = attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "";
  return text.split("\0").join(" ").trim();
}

function entries(directory: string): string[] {
  return attempt(() => readdirSync(directory)) ?? [];
}

/** Undefined for what is gone in the meantime, is another user's, or is not there on this system. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
