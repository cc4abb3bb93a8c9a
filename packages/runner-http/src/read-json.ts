import type { Readable } from "node:stream";
import { decodeBody } from "./decode-body.ts";
import { eachChunk } from "./each-chunk.ts";
import { Fault } from "./fault.ts";
import { networkFault } from "./network-error.ts";
import type { HttpResponse } from "./send-request.ts";
import { untilAborted } from "./scope.ts";

/** Bytes of a status document; what is larger belongs behind a result URL, whose body is streamed into a file. */
const mostBytes = 16 * 1024 * 1024;

/** Reads a body into memory. Throws Fault when it is too large or breaks off, and the signal's reason. */
export async function readBytes(
  response: HttpResponse,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const limit = Math.min(maxBytes, mostBytes);
  const body = decodeBody(response.body, response.headers["content-encoding"]);
  try {
    return await untilAborted(collect(body, limit), signal);
  } catch (error) {
    body.destroy();
    if (signal.aborted) throw error;
    throw networkFault(error, response.url);
  }
}

async function collect(body: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  await eachChunk(body, (chunk) => {
    length += chunk.byteLength;
    if (length > limit) {
      throw new Fault("limit_exceeded", `the status document is larger than ${limit} decoded bytes`);
    }
    chunks.push(chunk);
    return undefined;
  });
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
}

/** The value, or undefined where the text is not JSON. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // What that means is the caller's to say.
    return undefined;
  }
}
