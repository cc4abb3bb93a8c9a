import type { Verdict, VerdictStatus } from "./verdict.ts";

const marks: Readonly<Record<VerdictStatus, string>> = {
  passed: "ok",
  failed: "FAIL",
  skipped: "skip",
  "failed as expected": "xfail",
  "passed unexpectedly": "FAIL",
};

/** One case, for a reader: what must hold, and where it does not, why. */
export function verdictLine({ id, requirement, status, reason }: Verdict): string {
  const line = `${marks[status].padEnd(5)} ${id}: ${requirement}`;
  return reason === null ? line : `${line}\n      ${reason}`;
}

/** `38 passed, 1 failed, 3 skipped`. */
export function summaryLine(verdicts: readonly Verdict[]): string {
  const counts = new Map<VerdictStatus, number>();
  for (const { status } of verdicts) counts.set(status, (counts.get(status) ?? 0) + 1);
  const order = Object.keys(marks) as VerdictStatus[];
  const told = order.filter((status) => status === "passed" || status === "failed" || counts.has(status));
  return told.map((status) => `${counts.get(status) ?? 0} ${status}`).join(", ");
}
