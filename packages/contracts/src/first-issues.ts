import type { Issue } from "./errors.ts";

/** How many problems of one document are described; of the others only their number is told. */
export const mostIssues = 100;

/**
 * The first 100 issues and, where there are more, one that tells how many: a document may have as many problems as bytes.
 * `more` counts problems that never became issues.
 */
export function firstIssues(issues: readonly Issue[], more = 0): Issue[] {
  const left = more + Math.max(0, issues.length - mostIssues);
  const first = issues.slice(0, mostIssues);
  if (left > 0) first.push({ path: [], message: `and ${left} more problem${left === 1 ? "" : "s"}` });
  return first;
}
