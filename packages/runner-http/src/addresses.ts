import dns, { type LookupAddress, type LookupOptions } from "node:dns";
import { isIP } from "node:net";
import { Fault } from "./fault.ts";

/** Whether a run may connect to an address (`127.0.0.1`, `::1`), which `host` is, or resolves to. */
export type AllowAddress = (address: string, host: string) => boolean;

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Throws Fault when the URL's host is an address that the host program refuses. Names are checked once resolved. */
export function checkLiteral(url: URL, allow: AllowAddress | undefined): void {
  if (allow === undefined) return;
  const address = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 0 && !allow(address, address)) throw refusal(address, address);
}

/** For net.connect: resolves a name, and drops the addresses that are refused. */
export function checkedLookup(allow: AllowAddress) {
  return (host: string, options: LookupOptions, callback: LookupCallback): void => {
    dns.lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      let allowed: LookupAddress[];
      try {
        allowed = addresses.filter(({ address }) => allow(address, host));
      } catch (thrown) {
        callback(thrown instanceof Error ? thrown : new Error(String(thrown)), []);
        return;
      }
      const [chosen] = allowed;
      if (chosen === undefined) callback(refusal(addresses[0]?.address ?? "nothing", host), []);
      else if (options.all === true) callback(null, allowed);
      else callback(null, chosen.address, chosen.family);
    });
  };
}

function refusal(address: string, host: string): Fault {
  const what = address === host ? `the address ${address}` : `${host}, which is ${address}`;
  return new Fault("refused_by_policy", `the host does not let a run connect to ${what}`, {
    status: "rejected",
  });
}

/** `localhost`, 127.0.0.0/8 and ::1: never reached through a proxy. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || host.startsWith("127.");
}
