import { Agent, EnvHttpProxyAgent, Pool, type Dispatcher } from "undici";
import { checkedLookup, isLoopback } from "./addresses.ts";
import type { HostSettings } from "./options.ts";

/**
 * Milliseconds that an idle connection is kept to a server that does not say for how long it keeps it: less than any server
 * would, since a request that is sent at the moment of its closing must be sent again.
 */
const keepAliveMs = 50;

/** The same where it does say (`Keep-Alive: timeout=5`): two seconds less than that, and this at the most. */
const mostKeepAliveMs = 1000;

/** Milliseconds that connecting may take where the deadline allows more. */
const connectMs = 30_000;

/** Bytes of response headers; more is a fault of the server. */
const mostHeaderBytes = 65_536;

/** `reuse`: over a pool of open connections. `fresh`: each on a connection of its own, for what must not be sent twice. */
export type Freshness = "reuse" | "fresh";

/** The connections of one or two runners: at most one agent per freshness and proxy. */
export class Connections {
  readonly #settings: HostSettings;
  readonly #agents = new Map<string, Dispatcher>();
  readonly #users = new Set<object>();

  constructor(settings: HostSettings) {
    this.#settings = settings;
  }

  /** The caller's, or our own. */
  dispatcherFor(url: URL, freshness: Freshness): Dispatcher {
    const { dispatcher, proxy } = this.#settings;
    if (dispatcher !== undefined) return dispatcher;
    const proxied = proxy === "environment" && !isLoopback(url);
    const key = `${freshness} ${proxied}`;
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      agent = this.#open(freshness, proxied);
      this.#agents.set(key, agent);
    }
    return agent;
  }

  /** Whoever uses it is waited for by `release`. */
  retain(user: object): void {
    this.#users.add(user);
  }

  /** Closes every connection once nobody uses them any more. */
  async release(user: object): Promise<void> {
    this.#users.delete(user);
    if (this.#users.size > 0) return;
    const agents = [...this.#agents.values()];
    this.#agents.clear();
    await Promise.all(agents.map((agent) => agent.destroy()));
  }

  #open(freshness: Freshness, proxied: boolean): Dispatcher {
    const { tls, allowAddress } = this.#settings;
    const connect = {
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
      ...(allowAddress === undefined ? {} : { lookup: checkedLookup(allowAddress) }),
      timeout: connectMs,
    };
    const options = {
      connect,
      // The run's own deadline ends every phase, to the millisecond.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: mostKeepAliveMs,
      maxHeaderSize: mostHeaderBytes,
      pipelining: freshness === "reuse" ? 1 : 0,
      // One connection per request at a time: only HTTP/1.1 keeps that promise.
      allowH2: false,
    };
    if (!proxied) return new Agent(options);
    return new EnvHttpProxyAgent({
      ...options,
      requestTls: connect,
      connectTimeout: connectMs,
      // A proxy that forwards plain HTTP would be talked to with none of the options otherwise.
      factory: (origin, given) => new Pool(origin, { ...options, ...(given as Pool.Options) }),
    });
  }
}
