import { redacted as placeholder, showValue, type Json } from "@xrt/contracts";

/** Replaces known secrets in text that XRT writes. */
export class Redactor {
  #secrets: string[] = [];

  /** Throws TypeError for what is no string: `process.env.TOKEN` may be undefined. */
  add(secret: string): void {
    if (typeof secret !== "string")
      throw new TypeError(`a secret must be a string, got ${showValue(secret)}`);
    if (secret !== "" && !this.#secrets.includes(secret)) this.#secrets.push(secret);
  }

  /** Secrets that overlap go together: replaced one after the other, the second would leave its tail behind. */
  text(text: string): string {
    let redacted = "";
    let end = 0;
    for (const [from, to] of this.#occurrences(text)) {
      if (from >= end) redacted += text.slice(end, from) + placeholder;
      end = Math.max(end, to);
    }
    return redacted + text.slice(end);
  }

  /** Where secrets stand in a text, in the order of their beginnings. */
  #occurrences(text: string): [from: number, to: number][] {
    const found: [number, number][] = [];
    for (const secret of this.#secrets) {
      for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1)) {
        found.push([at, at + secret.length]);
      }
    }
    return found.toSorted(([a], [b]) => a - b);
  }

  /** A JSON value with every string in it redacted, names of members too: a runner chooses them freely. */
  value<T>(value: T): T {
    return this.#secrets.length === 0 ? value : (this.#walk(value as Json) as T);
  }

  /** A record of our own: its member names stay, and so do the values of `kept`, by which readers tell what it is. */
  record<T extends object>(record: T, kept: readonly (keyof T)[]): T {
    if (this.#secrets.length === 0) return record;
    const members = Object.entries(record).map(([key, item]) => [key, this.value(item as Json)]);
    for (const key of kept) members.push([key as string, record[key] as Json]);
    return Object.fromEntries(members) as T;
  }

  #walk(value: Json): Json {
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item: Json) => this.#walk(item));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#walk(item)]));
  }
}

const secretName = /key|token|secret|passw|credential|auth/i;

/** The default of `isSecret`: by the variable's name; short values are words like `true`, not secrets. */
export function looksSecret(name: string, value: string): boolean {
  return value.length >= 8 && secretName.test(name);
}
