import { showValue } from "@xrt/contracts";

/** Far more than a run's artifacts need. Every pattern is one walk through the working directory. */
const maxPatterns = 100;

/** UTF-16 code units of one pattern. */
const maxLength = 200;

/** In one path segment. A regular expression backtracks with the power of them: three take seconds on long names. */
const maxStars = 2;

/** `**` segments in one pattern: each multiplies the ways to walk a deep tree. */
const maxGlobstars = 3;

/** A sentence for more patterns than one run may have, or undefined. */
export function describeTooManyPatterns({ length }: readonly string[]): string | undefined {
  if (length <= maxPatterns) return undefined;
  return `expected at most ${maxPatterns} patterns, got ${length}; name whole folders, such as dist/**`;
}

/**
 * A sentence for a pattern whose matching might keep the host busy, or undefined. Node expands and matches in the
 * host's own thread, where no deadline reaches it.
 */
export function describeCostlyPattern(pattern: string): string | undefined {
  if (pattern.length > maxLength) {
    return `expected a pattern of at most ${maxLength} characters, got ${pattern.length}: ${showValue(pattern)}; name a folder above, such as dist/**`;
  }
  const shown = showValue(pattern);
  if (pattern.includes("{")) return `the pattern ${shown} has braces; write several patterns instead`;
  if (/[+*@!?]\(/.test(pattern)) {
    return `the pattern ${shown} has an extended glob such as +(a|b); write several patterns instead`;
  }
  const segments = pattern.split("/");
  if (segments.filter((segment) => segment === "**").length > maxGlobstars) {
    return `the pattern ${shown} has more than ${maxGlobstars} segments that are **; leave some out`;
  }
  const starry = segments.find((segment) => (segment.match(/\*+/g)?.length ?? 0) > maxStars);
  if (starry === undefined) return undefined;
  return `the pattern ${shown} has more than ${maxStars} * between two slashes (${showValue(starry)}); leave some out`;
}
