import { Fault } from "./fault.ts";
import type { RedirectMode } from "./options.ts";

const mostHops = 10;

/** One request of a chain. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  /** Whether the body goes along. */
  readonly body: boolean;
  /** Whether the caller's headers go along; once dropped they stay dropped. */
  readonly callerHeaders: boolean;
}

/** A chain of redirects from its first request on. */
export class Redirects {
  readonly #mode: RedirectMode;
  readonly #seen = new Set<string>();
  #hops = 0;

  constructor(mode: RedirectMode) {
    this.#mode = mode;
  }

  get hops(): number {
    return this.#hops;
  }

  /** The request that a response asks for, or undefined where it is the answer. Throws Fault. */
  next(from: Hop, statusCode: number, location: string | undefined): Hop | undefined {
    if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return undefined;
    const url = this.#target(from, statusCode, location);
    this.#seen.add(`${from.method} ${from.url.href}`);
    const becomesGet =
      (statusCode === 303 && from.method !== "HEAD") ||
      ((statusCode === 301 || statusCode === 302) && from.method === "POST");
    const hop: Hop = {
      url,
      method: becomesGet ? "GET" : from.method,
      body: from.body && !becomesGet,
      callerHeaders: from.callerHeaders && url.origin === from.url.origin,
    };
    if (this.#seen.has(`${hop.method} ${url.href}`)) {
      throw refusal(statusCode, `redirect loop: ${url.origin}${url.pathname} was asked before`);
    }
    this.#hops += 1;
    if (this.#hops > mostHops) throw refusal(statusCode, `too many redirects: more than ${mostHops}`);
    return hop;
  }

  #target(from: Hop, statusCode: number, location: string): URL {
    const url = URL.parse(location, from.url.href);
    if (url === null) throw refusal(statusCode, "redirect to an address that is not a URL");
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw refusal(
        statusCode,
        `redirect to ${url.protocol}, which is not followed; only http: and https: are`,
      );
    }
    url.username = "";
    url.password = "";
    url.hash = "";
    const to = `redirect to ${url.origin}`;
    if (from.url.protocol === "https:" && url.protocol === "http:") {
      throw refusal(statusCode, `${to} would leave https for http, which is never followed`);
    }
    if (this.#mode === "error") throw refusal(statusCode, `${to}, and http.redirect is "error"`);
    if (this.#mode === "same-origin" && url.origin !== from.url.origin) {
      throw refusal(
        statusCode,
        `${to} leaves the origin ${from.url.origin}; set http.redirect to "follow" where the host allows it, or ask that address itself`,
      );
    }
    return url;
  }
}

function refusal(statusCode: number, sentence: string): Fault {
  return new Fault("http_status", `HTTP ${statusCode}: ${sentence}`, { statusCode });
}
