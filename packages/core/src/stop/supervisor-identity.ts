import { readFileSync, readlinkSync } from "node:fs";
import type { Supervisor } from "@xrt/contracts";

let own: Supervisor | undefined;

/** Who we are, read once: with it another process can tell whether the run's supervisor still lives. */
export function ownIdentity(): Supervisor {
  own ??= {
    pid: process.pid,
    process_start: processStart(process.pid),
    boot_id: bootId(),
    pid_namespace: pidNamespace(),
  };
  return own;
}

/**
 * Whether a supervisor is known to be dead. One that cannot be judged from here (another host's boot, another pid
 * namespace) counts as alive: nobody waits in vain for a run that is declared dead by mistake.
 */
export function isDead(supervisor: Supervisor): boolean {
  const here = ownIdentity();
  if (supervisor.boot_id !== here.boot_id || supervisor.pid_namespace !== here.pid_namespace) return false;
  try {
    process.kill(supervisor.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
  }
  const start = processStart(supervisor.pid);
  // A zombie still answers kill(2); proc(5) tells it by its state.
  return (
    start === "zombie" ||
    (supervisor.process_start !== null && start !== null && start !== supervisor.process_start)
  );
}

/** Field 22 of `/proc/<pid>/stat` (proc(5)), counted after the last `)`, since a program's name may hold any byte. */
function processStart(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? "zombie" : (fields[19] ?? null);
}

function bootId(): string | null {
  return readOrNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim());
}

function pidNamespace(): string | null {
  return readOrNull(() => readlinkSync("/proc/self/ns/pid"));
}

/** Null where a system has no such file: only Linux has them. */
function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
