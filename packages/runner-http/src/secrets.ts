import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { showValue, type Invocation, type RunContext } from "@xrt/contracts";
import { Fault } from "./fault.ts";
import { isHeaderValue } from "./header-syntax.ts";
import { recordedVariable } from "./lost-secrets.ts";
import type { HostSettings } from "./options.ts";
import type { SecretHeader, SecretSource } from "./secret-source.ts";

/** Characters; a longer one fits into no header. */
const longest = 16_384;

/** The secret headers of a run, read and made known for redaction. Throws Fault, which shows no value. */
export async function readSecretHeaders(
  headers: readonly SecretHeader[],
  invocation: Invocation,
  context: Pick<RunContext, "addSecret">,
  host: HostSettings,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { key, name, prefix, source } of headers) {
    const secret = await readSecret(key, source, invocation, host);
    if (secret === "" || secret.length > longest || !isHeaderValue(secret)) {
      throw refusal(key, `what ${showSource(source)} holds cannot be the value of a header`);
    }
    addEverySpelling(secret, context);
    values[name] = prefix + secret;
  }
  return values;
}

/** A service that echoes a secret may spell it as URLs, forms, JSON and HTML do. */
export function addEverySpelling(secret: string, context: Pick<RunContext, "addSecret">): void {
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = encodeURIComponent(secret);
  const spellings = [
    secret,
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    // RFC 3986, 2.2: what encodeURIComponent leaves although it is reserved.
    percent.replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`),
    encodeURI(secret),
    new URLSearchParams({ "": secret }).toString().slice(1),
    json,
    json.replaceAll("/", String.raw`\/`),
    escapeUnicode(json, /[\u0080-\u00ff]/g),
    escapeUnicode(json, /[<>&\u0080-\u00ff]/g),
    escapeUnicode(json, /[<>&'+\u0080-\u00ff]/g),
    escapeHtml(secret, "&#39;"),
    escapeHtml(secret, "&#x27;"),
    // A header's bytes above ASCII, read as UTF-8 like any body.
    Buffer.from(secret, "latin1").toString("utf8"),
  ];
  for (const spelling of new Set(spellings)) context.addSecret(spelling);
}

function escapeUnicode(json: string, marks: RegExp): string {
  return json.replace(marks, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function escapeHtml(text: string, apostrophe: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", apostrophe);
}

async function readSecret(
  key: string,
  source: SecretSource,
  invocation: Invocation,
  { secretSources }: HostSettings,
): Promise<string> {
  if (source.from === "file") {
    const path = resolve(source.path);
    if (!secretSources.files.some((allowed) => resolve(allowed) === path)) {
      throw refusal(
        key,
        `the host does not let a run read ${showValue(path)}; have it name the file in secretSources.files`,
      );
    }
    return readSecretFile(key, path);
  }
  const { name } = source;
  const given = recordedVariable(invocation, name);
  if (given !== undefined) return given;
  if (!secretSources.env.includes(name)) {
    throw refusal(
      key,
      `the invocation's environment has no variable ${showValue(name)}; set it there, or have the host name it in secretSources.env`,
    );
  }
  const value = process.env[name];
  if (value === undefined) throw refusal(key, `the variable ${showValue(name)} is not set`);
  return value;
}

async function readSecretFile(key: string, path: string): Promise<string> {
  try {
    // Never waits for a pipe.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(longest + 2), 0, longest + 2, 0);
      return buffer.toString("utf8", 0, bytesRead).replace(/\r?\n$/, "");
    } finally {
      await file.close();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw refusal(key, `the file ${showValue(path)} cannot be read: ${message}`);
  }
}

function showSource(source: SecretSource): string {
  return source.from === "env"
    ? `the variable ${showValue(source.name)}`
    : `the file ${showValue(source.path)}`;
}

function refusal(key: string, sentence: string): Fault {
  return new Fault("invalid_metadata", `metadata http.${key}: ${sentence}`, { status: "rejected" });
}
