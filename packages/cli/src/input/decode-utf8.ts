import { isUtf8 } from "node:buffer";
import { Failure } from "../failure.ts";
import { startOfInput, type Origin } from "./origin.ts";
import { positionAt } from "./position.ts";

/**
 * The text that the bytes hold, without a byte order mark: RFC 8259 (section 8.1) lets a reader ignore one.
 * Throws Failure that names the first byte that is not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array, origin: Origin = startOfInput): string {
  if (!isUtf8(bytes)) throw new Failure(describeBadByte(bytes, origin));
  return new TextDecoder().decode(bytes);
}

function describeBadByte(bytes: Uint8Array, origin: Origin): string {
  const offset = firstBadByte(bytes);
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const { line, column } = positionAt(before, before.length);
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, "0");
  const place = `byte ${origin.byte + offset} (line ${origin.line + line - 1}, column ${column})`;
  return `${place} is 0x${byte}, which is not UTF-8; write the document as UTF-8`;
}

/** Where the bytes and what a lenient decoder made of them first differ. */
function firstBadByte(bytes: Uint8Array): number {
  const lenient = Buffer.from(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  let offset = 0;
  while (bytes[offset] === lenient[offset]) offset += 1;
  // U+FFFD, which stands for what is bad, begins with EF: a bad sequence that does so too is told late, by 1 or 2 bytes.
  for (const back of [1, 2]) {
    const start = offset - back;
    if (bytes[start] === 0xef && !isUtf8(bytes.subarray(start, start + 3))) return start;
  }
  return offset;
}
