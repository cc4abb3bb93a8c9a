import { readdirSync, readFileSync } from "node:fs";
import { killTree, onWindows } from "./windows.ts";

export type GroupSignal = "sent" | "no_such_group" | "not_permitted";

/** Signals every process of a group; signal 0 only asks. */
export function signalGroup(pgid: number, signal: NodeJS.Signals | 0): GroupSignal {
  if (onWindows) {
    if (signal === 0) return "no_such_group";
    killTree(pgid);
    return "sent";
  }
  // After most runs the answer is the error ESRCH, whose stack would cost more than the call.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    process.kill(-pgid, signal);
    return "sent";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH") return "no_such_group";
    // EPERM: there are members, and none of them may be signalled (a setuid program, kill(2)).
    if (code === "EPERM") return "not_permitted";
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * How many processes of the group are alive. The dead ones that nobody has waited for do not count: they hold nothing,
 * and where process 1 does not wait for orphans they stay for ever. Undefined where the system does not tell.
 */
export function countLiving(pgid: number): number | undefined {
  let entries: string[];
  try {
    entries = readdirSync("/proc");
  } catch {
    // No /proc (macOS, the BSDs): the caller falls back to what kill(2) tells.
    return undefined;
  }
  if (!entries.includes("self")) return undefined;
  return entries.filter((entry) => /^\d+$/.test(entry) && isLivingMember(entry, pgid)).length;
}

function isLivingMember(pid: string, pgid: number): boolean {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // It ended since the directory was read, or is hidden from us: not one that we can count.
    return false;
  }
  // proc(5): the name, in parentheses, may itself hold spaces and parentheses; state, ppid and pgrp follow the last one.
  const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ", 3);
  return Number(group) === pgid && state !== "Z" && state !== "X";
}
