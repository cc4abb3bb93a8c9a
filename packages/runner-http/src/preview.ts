import type { RunContext } from "@xrt/contracts";

/** Characters of a body that an error shows. */
const shown = 200;

/** Longer than any secret that is read: where a body was cut, its last characters may be the first of one. */
const longestSecret = 16_384;

/** The start of a body for an error's sentence. Redacted first and cut afterwards, so that no half of a secret is left. */
export function preview(bytes: Uint8Array, cut: boolean, context: Pick<RunContext, "redact">): string {
  const text = context.redact(new TextDecoder().decode(bytes));
  const safe = cut ? text.slice(0, Math.max(0, text.length - longestSecret)) : text;
  return safe.slice(0, shown).trim();
}
