import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { showValue } from "@xrt/contracts";
import { streams, type StreamName } from "./output-progress.ts";

/** How much is read, and of what. */
export interface ReadOutputOptions {
  /** Default `stdout`; `both` is stdout, then stderr. */
  stream?: StreamName | "both" | undefined;
  /** Bytes of each stream at the most. Default 1 MiB. */
  maxBytes?: number | undefined;
  /** What of a longer stream is kept: its `start`, its `end` (default), or half of each with a line between that says what is left out. */
  keep?: "start" | "end" | "ends" | undefined;
}

/** What was read, and how much there was. */
export interface ReadOutput {
  /** Decoded as UTF-8; a character is never cut in two. */
  readonly text: string;
  /** Of the whole, whatever was kept of it. */
  readonly bytes: number;
  readonly truncated: boolean;
}

/** What a run printed, as text, however much it was. A stream that the result has no path for is empty. Rejects when a file cannot be read, or is none; with RangeError for options that cannot be. */
export async function readOutput(
  of: { stdout_path: string | null; stderr_path: string | null },
  options: ReadOutputOptions = {},
): Promise<ReadOutput> {
  const { stream = "stdout", maxBytes = 1024 * 1024, keep = "end" } = options;
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) {
    throw new RangeError(`maxBytes: expected a whole number of bytes, 0 or more, got ${showValue(maxBytes)}`);
  }
  checkChoice("stream", stream, [...streams, "both"]);
  checkChoice("keep", keep, ["start", "end", "ends"]);
  const wanted = streams.filter((name) => stream === "both" || stream === name);
  const parts: ReadOutput[] = [];
  for (const name of wanted) {
    const path = name === "stdout" ? of.stdout_path : of.stderr_path;
    if (path !== null) parts.push(await readPart(path, maxBytes, keep));
  }
  return {
    text: parts.map((part) => part.text).join(""),
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    truncated: parts.some((part) => part.truncated),
  };
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (choices.some((choice) => choice === value)) return;
  throw new RangeError(`${name}: expected ${choices.join(", ")}, got ${showValue(value)}`);
}

async function readPart(path: string, maxBytes: number, keep: "start" | "end" | "ends"): Promise<ReadOutput> {
  // The run may have left a pipe there, whose opening would wait for a writer, or a link to an endless device.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile())
      throw new Error(`${path} is not a regular file: what the run printed cannot be read from it`);
    const bytes = stats.size;
    const read = async (from: number, to: number): Promise<string> => {
      const buffer = Buffer.alloc(to - from);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
      return wholeCharacters(buffer.subarray(0, bytesRead), from > 0, from + bytesRead < bytes);
    };
    if (bytes <= maxBytes) return { text: await read(0, bytes), bytes, truncated: false };
    if (keep === "start") return { text: await read(0, maxBytes), bytes, truncated: true };
    if (keep === "end") return { text: await read(bytes - maxBytes, bytes), bytes, truncated: true };
    const half = Math.floor(maxBytes / 2);
    const gap = `\n[${bytes - 2 * half} bytes left out]\n`;
    return { text: (await read(0, half)) + gap + (await read(bytes - half, bytes)), bytes, truncated: true };
  } finally {
    await file.close();
  }
}

/** Drops the part of a UTF-8 character (RFC 3629: at most four bytes) that a cut left at either end. */
function wholeCharacters(bytes: Uint8Array, cutBefore: boolean, cutAfter: boolean): string {
  let start = 0;
  const most = cutBefore ? 3 : 0;
  while (start < most && isContinuation(bytes[start])) start += 1;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  // With `stream`, the decoder holds back an unfinished character instead of replacing it.
  return decoder.decode(bytes.subarray(start), { stream: cutAfter });
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
