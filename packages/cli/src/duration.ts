import { Failure } from "./failure.ts";

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of a duration such as `30`, `1.5s`, `250ms`, `5m`, `2h` or `1d`; without a unit it is seconds.
 * Throws Failure for anything else.
 */
export function parseDuration(text: string): number {
  const match = /^(\d+\.?\d*|\.\d+)(ms|s|m|h|d)?$/.exec(text);
  if (match === null) {
    throw new Failure(
      `${JSON.stringify(text)} is not a duration; expected a number with ${Object.keys(units).join(", ")} or no unit (seconds), as in 30, 1.5s, 5m or 2h`,
    );
  }
  const [, number, unit = "s"] = match;
  const milliseconds = Number(number) * units[unit as keyof typeof units];
  if (milliseconds > Number.MAX_SAFE_INTEGER) {
    throw new Failure(`the duration ${text} is too long; the longest is ${Number.MAX_SAFE_INTEGER} ms`);
  }
  return milliseconds;
}
