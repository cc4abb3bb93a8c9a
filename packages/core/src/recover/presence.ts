import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Supervisor } from "@xrt/contracts";
import { isDead, ownIdentity, processStart, whereaboutsOf } from "../stop/supervisor-identity.ts";
import { systemCode } from "../system-error.ts";

export type Presence = "alive" | "gone" | "unknown";

/** The namespace that sees the processes of all others (Linux: PROC_PID_INIT_INO of proc_ns.h). */
const initialNamespace = "pid:[4026531836]";

/** Whether a supervisor lives: also of another pid namespace, where ours sees into it. "unknown" where nobody can tell from here. */
export function presenceOf(supervisor: Supervisor): Presence {
  const whereabouts = whereaboutsOf(supervisor);
  if (whereabouts === "other host") return "unknown";
  if (whereabouts === "other pid namespace") return lookIntoNamespace(supervisor);
  return isDead(supervisor) ? "gone" : "alive";
}

/** What stands in the way of telling, and what would mend it. */
export function whyUnknown(who: string, supervisor: Supervisor): string {
  const name = `${who} (pid ${supervisor.pid}`;
  if (whereaboutsOf(supervisor) === "other host") {
    const host = typeof supervisor.host_name === "string" ? JSON.stringify(supervisor.host_name) : "unknown";
    return `${name} on the host ${host}) may be alive there; recover it on that host`;
  }
  return `${name} in another pid namespace, such as another container's) may be alive there; recover it in there, or outside of all containers`;
}

/**
 * proc(5): NSpid in a process's status, which everybody may read, has its number in each namespace that it is in, ours first
 * and its own last; and its start is the same in all.
 */
function lookIntoNamespace(supervisor: Supervisor): Presence {
  if (ownIdentity().pid_namespace !== initialNamespace) return "unknown";
  // Where /proc hides other users' processes (hidepid), the first one is hidden too.
  let complete = existsSync("/proc/1/status");
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const status = readFileSync(`/proc/${entry}/status`, "latin1");
      const numbers = /^NSpid:(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/) ?? [];
      if (numbers.length > 1 && Number(numbers.at(-1)) === supervisor.pid && isIt(entry, supervisor)) {
        return "alive";
      }
    } catch (error) {
      // Those that have just ended are not it. One that we may not look at could be.
      if (systemCode(error) !== "ENOENT" && systemCode(error) !== "ESRCH") complete = false;
    }
  }
  return complete ? "gone" : "unknown";
}

function isIt(entry: string, { pid_namespace, process_start }: Supervisor): boolean {
  const start = processStart(Number(entry));
  if (start === "zombie" || (process_start !== null && start !== process_start)) return false;
  try {
    return readlinkSync(`/proc/${entry}/ns/pid`) === pid_namespace;
  } catch {
    // It is somebody else's. Number and start are its own: that is enough to leave its run alone.
    return true;
  }
}
