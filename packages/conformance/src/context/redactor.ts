import { showValue } from "@xrt/contracts";

const placeholder = "[redacted]";

/** Replaces known secrets in text. The longest first, so that a secret within another leaves no tail of it. */
export class Redactor {
  #secrets: string[] = [];

  /** Throws TypeError for what is no string: `process.env.TOKEN` may be undefined. */
  add(secret: string): void {
    if (typeof secret !== "string")
      throw new TypeError(`a secret must be a string, got ${showValue(secret)}`);
    if (secret === "" || this.#secrets.includes(secret)) return;
    this.#secrets = [...this.#secrets, secret].toSorted((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.#secrets.reduce((redacted, secret) => redacted.replaceAll(secret, placeholder), text);
  }
}
