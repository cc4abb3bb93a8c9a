import { showValue } from "@xrt/contracts";
import { isHeaderValue, token } from "../header-syntax.ts";
import { readSecretSource, type SecretHeader } from "../secret-source.ts";
import { Refusal } from "./reading.ts";

/** What one exchange's framing depends on is ours to write. */
const ours = new Set([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What carries a credential, and is refused in plain text unless the host opted in. */
const credentials = new Set(["authorization", "proxy-authorization"]);

/** The headers of a run as its metadata gives them, each once. */
export class HeaderCollection {
  readonly plain: Record<string, string> = Object.create(null) as Record<string, string>;
  readonly secret: SecretHeader[] = [];
  readonly #allowInline: boolean;
  readonly #keys = new Map<string, string>();

  constructor(allowInline: boolean) {
    this.#allowInline = allowInline;
  }

  /** `http.headers`: a JSON object of strings. */
  addAll(key: string, text: string): Refusal | undefined {
    let given: unknown;
    try {
      given = JSON.parse(text);
    } catch {
      // Told below, together with JSON that is something else.
      given = undefined;
    }
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      return new Refusal('expected a JSON object of strings, such as {"accept":"text/plain"}');
    }
    for (const [name, value] of Object.entries(given)) {
      const refusal =
        typeof value === "string"
          ? this.add(key, name, value)
          : new Refusal(`the value of ${showValue(name)} must be a string`);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** `http.header.<name>`. */
  add(key: string, name: string, value: string): Refusal | undefined {
    const lower = name.toLowerCase();
    const refusal = this.#claim(key, lower);
    if (refusal !== undefined) return refusal;
    if (credentials.has(lower) && !this.#allowInline) {
      return new Refusal(
        `a ${lower} header in plain text would stand in every record of the run; use http.auth.bearer=env:NAME or http.secret_header.${lower}=env:NAME`,
      );
    }
    if (!isHeaderValue(value)) {
      return new Refusal(
        `the value of the header ${showValue(name)} has characters that HTTP does not allow`,
      );
    }
    this.plain[lower] = value;
    return undefined;
  }

  /** `http.secret_header.<name>` and `http.auth.bearer`. */
  addSecret(key: string, name: string, value: string, prefix: string): Refusal | undefined {
    const lower = name.toLowerCase();
    const source = readSecretSource(value);
    if (source instanceof Refusal) return source;
    const refusal = this.#claim(key, lower);
    if (refusal !== undefined) return refusal;
    this.secret.push({ key, name: lower, prefix, source });
    return undefined;
  }

  /** Inline credentials that the host let pass: secrets all the same. */
  get inlineSecrets(): readonly string[] {
    return Object.entries(this.plain)
      .filter(([name]) => credentials.has(name))
      .flatMap(([, value]) => [value, value.replace(/^\S+\s+/, "")]);
  }

  #claim(key: string, name: string): Refusal | undefined {
    if (!token.test(name)) return new Refusal(`${showValue(name)} is not the name of a header`);
    if (ours.has(name)) return new Refusal(`the header ${name} is set by the runner itself`);
    const other = this.#keys.get(name);
    if (other !== undefined) return new Refusal(`the header ${name} is given by http.${other} already`);
    this.#keys.set(name, key);
    return undefined;
  }
}
