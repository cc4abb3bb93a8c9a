import { createHash } from "node:crypto";

const longestName = 200;

/**
 * The file name that an invocation id becomes: its UTF-8 bytes, percent-encoded outside `[A-Za-z0-9._-]`; `.` and `..`
 * encoded too. Over 200 bytes it is a prefix and a hash. So an id never leaves the directory it is put in.
 */
export function runName(invocationId: string): string {
  if (/^[\w-][\w.-]{0,199}$/.test(invocationId)) return invocationId;
  const encoded = encodeName(invocationId);
  if (encoded.length <= longestName) return encoded;
  const hash = createHash("sha256").update(encoded).digest("hex").slice(0, 32);
  const prefix = encoded.slice(0, longestName - hash.length - 1).replace(/%.?$/, "");
  return `${prefix}~${hash}`;
}

function encodeName(id: string): string {
  if (id === "." || id === "..") return id.replaceAll(".", "%2E");
  let encoded = "";
  for (const character of id) {
    encoded += /[\w.-]/.test(character) ? character : percentEncode(character);
  }
  return encoded;
}

function percentEncode(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // UTF-8 has no bytes for half of a surrogate pair. These are those of WTF-8, lest all of them become one name.
  const isLone = code >= 0xd800 && code <= 0xdfff;
  const bytes = isLone ? [0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)] : Buffer.from(character);
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}
