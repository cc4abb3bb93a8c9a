import { redacted, showValue, type Invocation, type Json } from "@xrt/contracts";
import type { AsyncHttpConfig } from "./metadata/async-http-schema.ts";
import { metadataPrefix } from "./metadata/http-schema.ts";
import type { HostSettings } from "./options.ts";

/**
 * What of a recorded run was a secret and can be had from nowhere now, as a noun phrase; undefined where nothing is missing.
 * A request without it would only be refused, and nobody could tell why.
 */
export function lostSecret(
  invocation: Invocation,
  state: Json,
  { secretHeaders }: AsyncHttpConfig,
  { secretSources }: HostSettings,
): string | undefined {
  for (const { key, source } of secretHeaders) {
    // A file is read again, and says itself what is wrong with it.
    if (source.from === "file" || recordedVariable(invocation, source.name) !== undefined) continue;
    if (secretSources.env.includes(source.name) && process.env[source.name] !== undefined) continue;
    return `the variable ${showValue(source.name)}, which metadata http.${key} names, was a secret and is recorded nowhere: have the host name it in secretSources.env and set it`;
  }
  const own = Object.entries(invocation.metadata).filter(([key]) => key.startsWith(metadataPrefix));
  const key = own.find(([, value]) => value.includes(redacted))?.[0];
  if (key !== undefined)
    return `metadata ${key} held a secret, which is recorded nowhere: send such a secret by http.auth.bearer or http.secret_header.<name>`;
  if (JSON.stringify(state).includes(redacted))
    return "the service's own address for the run held a secret, which is recorded nowhere";
  return undefined;
}

/** A variable of the invocation; undefined where it has none, or where a record has lost its value. */
export function recordedVariable({ environment }: Invocation, name: string): string | undefined {
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  return value?.includes(redacted) === true ? undefined : value;
}
