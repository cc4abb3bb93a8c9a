import { readdirSync, readFileSync } from "node:fs";

/**
 * The processes of a run's group that are alive, as the kernel lists them: zombies hold nothing and are nobody's concern.
 * The shell that started the command, which leads the group and waits for the next one, is not the run's.
 */
export function livingInGroup(pgid: number): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && groupOfLiving(entry) === pgid && !isCompanion(entry, pgid))
    .map(Number);
}

function isCompanion(pid: string, pgid: number): boolean {
  if (Number(pid) !== pgid) return false;
  try {
    // Empty once it has begun to exit.
    return /^(\/(usr\/)?bin\/(da)?sh\0)?$/.test(readFileSync(`/proc/${pid}/cmdline`, "latin1"));
  } catch {
    // Gone in the meantime.
    return true;
  }
}

export function isLiving(pid: number): boolean {
  return groupOfLiving(String(pid)) !== undefined;
}

function groupOfLiving(pid: string): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // Gone in the meantime.
    return undefined;
  }
  const fields = /^\d+ \(.*\) (?<state>\S) -?\d+ (?<group>\d+) /s.exec(stat)?.groups;
  return fields === undefined || fields["state"] === "Z" ? undefined : Number(fields["group"]);
}
