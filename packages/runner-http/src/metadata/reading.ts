import { showValue } from "@xrt/contracts";
import * as z from "zod";
import { token } from "../header-syntax.ts";

/** Why a value is not taken. */
export class Refusal {
  readonly sentence: string;
  constructor(sentence: string) {
    this.sentence = sentence;
  }
}

/** A key whose text `read` understands, or refuses with a sentence. */
export function reading<T>(read: (text: string) => T | Refusal): z.ZodType<T> {
  return z.string().transform((text, context): T => {
    const value = read(text);
    if (!(value instanceof Refusal)) return value;
    context.issues.push({ code: "custom", message: value.sentence, input: text });
    return z.NEVER;
  });
}

/** One of a few words. */
export function readChoice<T extends string>(choices: readonly T[], text: string): T | Refusal {
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  const list = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  return new Refusal(`expected ${list}, got ${showValue(text)}`);
}

/** A comma-separated list; blanks around an entry do not count, and at least one entry is there. */
export function readList(text: string): readonly string[] | Refusal {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  if (entries.length > 0) return entries;
  return new Refusal(
    `expected names with commas between them, such as "completed,failed", got ${showValue(text)}`,
  );
}

export function readCodes(text: string): readonly number[] | Refusal {
  const entries = readList(text);
  if (entries instanceof Refusal) return [];
  if (entries.every((entry) => /^[1-5]\d\d$/.test(entry))) return entries.map(Number);
  return new Refusal(
    `expected HTTP status codes, whole numbers from 100 to 599 with commas between them, such as "404,409", got ${showValue(text)}`,
  );
}

/** Seconds as a decimal number, in milliseconds. */
export function readSeconds(least: number, text: string): number | Refusal {
  const seconds = /^\d{1,9}(\.\d{1,9})?$|^\.\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (seconds >= least) return seconds * 1000;
  return new Refusal(
    `expected a number of seconds of at least ${least}, such as "2.5", got ${showValue(text)}`,
  );
}

export function readCount(least: number, text: string): number | Refusal {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least) return count;
  return new Refusal(`expected a whole number of at least ${least}, got ${showValue(text)}`);
}

export function readUrl(text: string): URL | Refusal {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return new Refusal(`expected a URL that begins with http:// or https://, got ${showValue(text)}`);
  }
  if (url.username !== "" || url.password !== "") {
    return new Refusal(
      "the URL carries a user name or password, which would stand in every record of the run; use http.auth.bearer or http.secret_header.authorization",
    );
  }
  url.hash = "";
  return url;
}

export function readMethod(text: string): string | Refusal {
  const method = text.toUpperCase();
  if (token.test(method) && method !== "CONNECT" && method !== "TRACE") return method;
  return new Refusal(
    `expected an HTTP method such as GET or POST, and neither CONNECT nor TRACE, got ${showValue(text)}`,
  );
}

/** A dotted path: `data.runs.0.id`. */
export function readPath(text: string): string | Refusal {
  if (text.split(".").some((segment) => segment !== "")) return text;
  return new Refusal(`expected a path such as "run.status" or "runs.0.status", got ${showValue(text)}`);
}
