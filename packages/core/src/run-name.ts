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
  const hash = createHash("sha256").update(invocationId, "utf8").digest("hex").slice(0, 32);
  const prefix = encoded.slice(0, longestName - hash.length - 1).replace(/%.?$/, "");
  return `${prefix}~${hash}`;
}

function encodeName(id: string): string {
  if (id === "." || id === "..") return id.replaceAll(".", "%2E");
  let encoded = "";
  for (const byte of Buffer.from(id, "utf8")) {
    const character = String.fromCodePoint(byte);
    encoded += /[\w.-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
