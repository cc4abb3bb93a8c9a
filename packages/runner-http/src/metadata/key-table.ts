import { unknownKeySentence, type StandardSchema } from "@xrt/contracts";
import * as z from "zod";
import { HeaderCollection } from "./headers.ts";
import type { Refusal } from "./reading.ts";

type Shape = Readonly<Record<string, z.ZodType>>;

/** What could be read of the keys; a key that was refused is absent. */
export type Given<S extends Shape> = { readonly [K in keyof S]?: z.output<S[K]> };

/** What a schema's second half works with: it looks at several keys at once, also when some of them were refused. */
export interface Findings<S extends Shape> {
  readonly given: Given<S>;
  readonly headers: HeaderCollection;
  /** Whether the key was given at all, readable or not. */
  readonly has: (key: keyof S & string) => boolean;
  readonly refuse: (key: string, sentence: string) => void;
}

/**
 * The schema of one runner's keys, each a string: `shape`, and the headers, whose names are anyone's. All problems are told
 * at once; an unknown key with the nearest known one.
 */
export function keyTable<S extends Shape, C>(
  shape: S,
  allowInline: boolean,
  build: (findings: Findings<S>) => C,
): StandardSchema<unknown, C> {
  const known = [...Object.keys(shape), "headers", "auth.bearer", "header.<name>", "secret_header.<name>"];
  return z.custom<Record<string, unknown>>(isObject).transform((raw, context) => {
    const refuse = (key: string, message: string): void => {
      context.issues.push({ code: "custom", path: [key], message, input: raw[key] });
    };
    const given: Record<string, unknown> = {};
    const headers = new HeaderCollection(allowInline);
    for (const [key, text] of Object.entries(raw)) {
      if (Object.hasOwn(shape, key)) {
        // An empty text counts as absent, as in the original.
        if (text === "") continue;
        const read = shape[key]?.safeParse(text);
        if (read?.success === true) given[key] = read.data;
        else for (const issue of read?.error.issues ?? []) refuse(key, issue.message);
      } else if (typeof text !== "string") {
        refuse(key, `expected a string, got ${typeof text}`);
      } else {
        const refusal = addHeader(headers, key, text);
        if (refusal === "unknown") refuse(key, unknownKeySentence(key, known));
        else if (refusal !== undefined) refuse(key, refusal.sentence);
      }
    }
    const config = build({
      given: given as Given<S>,
      headers,
      has: (key) => raw[key] !== undefined && raw[key] !== "",
      refuse,
    });
    return context.issues.length > 0 ? z.NEVER : config;
  }) as StandardSchema<unknown, C>;
}

/** `z.record` would drop an own `__proto__` key unseen. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function addHeader(headers: HeaderCollection, key: string, text: string): Refusal | "unknown" | undefined {
  if (key === "headers") return headers.addAll(key, text);
  if (key === "auth.bearer") return headers.addSecret(key, "authorization", text, "Bearer ");
  if (key.startsWith("header.")) return headers.add(key, key.slice("header.".length), text);
  if (key.startsWith("secret_header."))
    return headers.addSecret(key, key.slice("secret_header.".length), text, "");
  return "unknown";
}
