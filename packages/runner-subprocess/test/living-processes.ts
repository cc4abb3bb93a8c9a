import { readdirSync, readFileSync } from "node:fs";

/** The processes of a group that are alive, as the kernel lists them: zombies hold nothing and are nobody's concern. */
export function livingInGroup(pgid: number): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && groupOfLiving(entry) === pgid)
    .map(Number);
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
