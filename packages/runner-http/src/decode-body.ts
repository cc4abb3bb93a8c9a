import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** A decoder per content coding (RFC 9110, 8.4.1). */
const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The body without its content codings; with those that are not known left as they are. */
export function decodeBody(body: Readable, encoding: string | string[] | undefined): Readable {
  const codings = String(encoding ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  let decoded = body;
  for (const coding of codings.toReversed()) {
    const decoder = Object.hasOwn(decoders, coding) ? decoders[coding]?.() : undefined;
    if (decoder === undefined) return decoded;
    // An error on either side destroys both; whoever reads the last one hears of it.
    decoded = pipeline(decoded, decoder, () => undefined);
  }
  return decoded;
}
