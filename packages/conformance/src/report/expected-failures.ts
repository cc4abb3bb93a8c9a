import { readFileSync } from "node:fs";
import { nearestTo, showValue } from "@xrt/contracts";
import { messageOf } from "../failure.ts";
import { UsageError } from "../usage-error.ts";

/** Ids of cases that are known to fail. */
export type ExpectedFailures = ReadonlySet<string>;

/** Reads a list of ids, one in each line; `#` begins a comment. Throws UsageError where it cannot be read. */
export function readExpectedFailures(path: string): ExpectedFailures {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`the expected failures cannot be read: ${messageOf(error)}`);
  }
  const ids = text.split("\n").map((line) => line.replace(/#.*/, "").trim());
  return new Set(ids.filter((id) => id !== ""));
}

/** Throws UsageError for an id that no case has, or whose case is skipped: it would excuse nothing. */
export function checkExpectedFailures(
  expected: ExpectedFailures,
  cases: readonly { readonly id: string; readonly skip: string | false }[],
): void {
  for (const id of expected) {
    const found = cases.find((each) => each.id === id);
    if (found === undefined) {
      const nearest = nearestTo(
        id,
        cases.map((each) => each.id),
      );
      const hint = nearest === undefined ? "" : `, did you mean ${showValue(nearest)}?`;
      throw new UsageError(
        `expected failures: no case has the id ${showValue(id)}${hint}; take it off the list`,
      );
    }
    if (found.skip !== false) {
      throw new UsageError(
        `expected failures: ${showValue(id)} is skipped (${found.skip}); take it off the list`,
      );
    }
  }
}
