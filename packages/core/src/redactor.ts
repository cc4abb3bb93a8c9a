import type { Json } from "@xrt/contracts";

const placeholder = "[redacted]";

/** Replaces known secrets in text that XRT writes. */
export class Redactor {
  #secrets: string[] = [];

  add(secret: string): void {
    if (secret === "" || this.#secrets.includes(secret)) return;
    this.#secrets.push(secret);
    // Longest first: a secret that contains another one must go as a whole.
    this.#secrets.sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    let redacted = text;
    for (const secret of this.#secrets) redacted = redacted.replaceAll(secret, placeholder);
    return redacted;
  }

  /** A JSON value with every string in it redacted; names of members are kept. */
  value<T>(value: T): T {
    return this.#secrets.length === 0 ? value : (this.#walk(value as Json) as T);
  }

  #walk(value: Json): Json {
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item: Json) => this.#walk(item));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#walk(item)]));
  }
}

const secretName = /key|token|secret|passw|credential|auth/i;

/** The default of `isSecret`: by the variable's name; short values are words like `true`, not secrets. */
export function looksSecret(name: string, value: string): boolean {
  return value.length >= 8 && secretName.test(name);
}
