import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Supervisor } from "@xrt/contracts";

let own: Supervisor | undefined;

/** Who we are, read once: with it another process can tell whether the run's supervisor still lives. */
export function ownIdentity(): Supervisor {
  own ??= {
    pid: process.pid,
    process_start: processStart(process.pid),
    boot_id: bootId(),
    pid_namespace: pidNamespace(),
    host_name: hostname(),
  };
  return own;
}

/** Whether a value that was read can be an identity: a run's own program may have written it. */
export function isIdentity(value: unknown): value is Supervisor {
  if (typeof value !== "object" || value === null) return false;
  const { pid, process_start, boot_id, pid_namespace, host_name } = value as Record<string, unknown>;
  return (
    Number.isSafeInteger(pid) &&
    Number(pid) > 0 &&
    [process_start, boot_id, pid_namespace, host_name ?? null].every(isTextOrNull)
  );
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === "string";
}

/** Where a supervisor is, or was, as seen from here. */
export type Whereabouts = "here" | "earlier boot" | "other pid namespace" | "other host";

export function whereaboutsOf(supervisor: Supervisor): Whereabouts {
  const here = ownIdentity();
  const otherName = typeof supervisor.host_name === "string" && supervisor.host_name !== here.host_name;
  if (supervisor.boot_id !== here.boot_id) {
    const known = supervisor.boot_id !== null && here.boot_id !== null;
    return known && !otherName ? "earlier boot" : "other host";
  }
  // Containers of one machine share its boot and have names of their own.
  if (here.boot_id === null && otherName) return "other host";
  return supervisor.pid_namespace === here.pid_namespace ? "here" : "other pid namespace";
}

/**
 * Whether a supervisor is known to be dead. One that cannot be judged from here (another host, another pid namespace)
 * counts as alive: nobody waits in vain for a run that is declared dead by mistake.
 */
export function isDead(supervisor: Supervisor): boolean {
  const whereabouts = whereaboutsOf(supervisor);
  if (whereabouts !== "here") return whereabouts === "earlier boot";
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
export function processStart(pid: number): string | null {
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
