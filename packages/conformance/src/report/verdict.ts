import type { ConformanceCase } from "../conformance-case.ts";
import { messageOf } from "../failure.ts";
import type { ExpectedFailures } from "./expected-failures.ts";

/** How a case ended. The last two are of cases that an expected-failures file names. */
export type VerdictStatus = "passed" | "failed" | "skipped" | "failed as expected" | "passed unexpectedly";

export interface Verdict {
  readonly id: string;
  readonly requirement: string;
  readonly status: VerdictStatus;
  /** Why it failed or was skipped. */
  readonly reason: string | null;
  /** Milliseconds. */
  readonly duration_ms: number;
}

/** Whether it makes the whole fail. */
export function isBad({ status }: Verdict): boolean {
  return status === "failed" || status === "passed unexpectedly";
}

/** Runs the cases, one after the other. */
export async function judge(
  cases: readonly ConformanceCase[],
  expected: ExpectedFailures,
  onVerdict: (verdict: Verdict) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const each of cases) {
    const verdict = await judgeOne(each, expected.has(each.id));
    verdicts.push(verdict);
    onVerdict(verdict);
  }
  return verdicts;
}

async function judgeOne(
  { id, requirement, skip, run }: ConformanceCase,
  expected: boolean,
): Promise<Verdict> {
  const begun = performance.now();
  const verdict = (status: VerdictStatus, reason: string | null): Verdict => ({
    id,
    requirement,
    status,
    reason,
    duration_ms: Math.round(performance.now() - begun),
  });
  if (skip !== false) return verdict("skipped", skip);
  try {
    await run();
  } catch (error) {
    return verdict(expected ? "failed as expected" : "failed", messageOf(error));
  }
  if (!expected) return verdict("passed", null);
  return verdict(
    "passed unexpectedly",
    "it is listed as an expected failure, and passes: take it off the list",
  );
}
