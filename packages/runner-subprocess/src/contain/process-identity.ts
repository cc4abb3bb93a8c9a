import { readFileSync, readlinkSync } from "node:fs";
import { statusOf } from "./process-table.ts";

/** By what a process group is known after we are gone: a number alone may be another's by then. */
export interface GroupIdentity {
  readonly boot_id: string;
  readonly pid_namespace: string;
  readonly group: number;
  /** See `ProcessStatus.start`. */
  readonly group_start: string;
}

let here: Pick<GroupIdentity, "boot_id" | "pid_namespace"> | undefined;

/** This boot of this machine, and the namespace that ids are of here. Linux alone tells. */
export function whereWeAre(): Pick<GroupIdentity, "boot_id" | "pid_namespace"> {
  here ??= {
    boot_id: readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(),
    pid_namespace: readlinkSync("/proc/self/ns/pid"),
  };
  return here;
}

/** Null for what is no such identity: a run's own program may have written it. */
export function readIdentity(value: unknown): GroupIdentity | null {
  if (typeof value !== "object" || value === null) return null;
  const { boot_id, pid_namespace, group, group_start } = value as Record<string, unknown>;
  if (typeof boot_id !== "string" || typeof pid_namespace !== "string") return null;
  if (!Number.isSafeInteger(group) || Number(group) <= 1 || typeof group_start !== "string") return null;
  return { boot_id, pid_namespace, group: Number(group), group_start };
}

/** Whether the group's first process is still there, and is the one that it was. */
export function isStillItself({ group, group_start }: GroupIdentity): boolean {
  return statusOf(group)?.start === group_start;
}
