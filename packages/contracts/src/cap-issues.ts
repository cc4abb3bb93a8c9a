import * as z from "zod/mini";
import { mostIssues } from "./first-issues.ts";

/**
 * The last check of a list or map: keeps its first issues, and one that counts the rest. zod spreads the issues of a field
 * into one call, which a list of some hundred thousand wrong items would make overflow the stack.
 */
export const capIssues = z.check(
  ({ issues, value }) => {
    if (issues.length <= mostIssues) return;
    const more = issues.splice(mostIssues).reduce((sum, issue) => sum + problemsIn(issue), 0);
    const message = `and ${more} more problem${more === 1 ? "" : "s"}`;
    issues.push({ code: "custom", input: value, path: [], message, params: { more } });
  },
  // Without it zod leaves the check out once there is an issue.
  { when: () => true },
);

/** How many problems one issue of zod stands for: one for each unknown key, or as many as `capIssues` counted. */
export function problemsIn(issue: z.core.$ZodRawIssue | z.core.$ZodIssue): number {
  if (issue.code === "unrecognized_keys") return (issue as z.core.$ZodIssueUnrecognizedKeys).keys.length;
  return countedMore(issue) ?? 1;
}

/** The number that `capIssues` left in its own issue. */
export function countedMore(issue: z.core.$ZodRawIssue | z.core.$ZodIssue): number | undefined {
  if (issue.code !== "custom") return undefined;
  const more: unknown = (issue as z.core.$ZodIssueCustom).params?.["more"];
  return typeof more === "number" ? more : undefined;
}
