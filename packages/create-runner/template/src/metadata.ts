import * as z from "zod";
import type { Options } from "./options.ts";

/** Metadata is text on the wire. */
const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, "expected a whole number")
  .transform(Number);

/** The keys of an invocation's metadata under `acme.echo.`; strict, so that a misspelt one is refused. */
export function metadataSchema({ maxTimes }: Options) {
  return z.strictObject({
    /** How often the words are said. */
    times: wholeNumber.pipe(z.number().min(1).max(maxTimes)).default(1),
    /** Milliseconds after each time. */
    interval_ms: wholeNumber.default(0),
    /** What it ends with. */
    exit_code: wholeNumber.pipe(z.number().max(255)).default(0),
  });
}

export type Metadata = z.infer<ReturnType<typeof metadataSchema>>;
