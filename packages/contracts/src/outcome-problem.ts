import { unknownKeySentence } from "./nearest.ts";
import { isReservedMetadataKey } from "./reserved-metadata.ts";
import { errorCodes, isErrorCode } from "./v0.2/run-error.ts";
import { showValue } from "./show-value.ts";
import { isTerminalStatus, terminalStatuses } from "./status.ts";
import type { Usage } from "./v0.2/usage.ts";

/** What is wrong with a runner's outcome, naming the field; undefined when it keeps the contract. */
export function outcomeProblem(value: unknown): string | undefined {
  if (!isObject(value)) return `expected an outcome, got ${showValue(value)}`;
  const {
    status,
    exit_code,
    signal,
    error,
    artifacts,
    stdout_path,
    stderr_path,
    containment,
    metadata,
    usage,
  } = value;
  if (!isTerminalStatus(status))
    return `status: expected one of ${terminalStatuses.join(", ")}, got ${showValue(status)}`;
  if (exit_code !== undefined && exit_code !== null && !Number.isSafeInteger(exit_code)) {
    return `exit_code: expected a whole number or null, got ${showValue(exit_code)}`;
  }
  if (!isOptionalText(signal)) return `signal: expected a string or null, got ${showValue(signal)}`;
  if (!isOptionalText(stdout_path))
    return `stdout_path: expected a string or null, got ${showValue(stdout_path)}`;
  if (!isOptionalText(stderr_path))
    return `stderr_path: expected a string or null, got ${showValue(stderr_path)}`;
  if (containment !== undefined && !isText(containment))
    return `containment: expected a word, got ${showValue(containment)}`;
  return (
    usageProblem(usage) ??
    errorProblem(status, error) ??
    artifactsProblem(artifacts) ??
    metadataProblem("metadata", metadata)
  );
}

const usageKeys: Readonly<Record<keyof Usage, true>> = {
  wall_ms: true,
  cpu_user_ms: true,
  cpu_system_ms: true,
  max_rss_bytes: true,
};

function usageProblem(usage: unknown): string | undefined {
  if (usage === undefined) return undefined;
  if (!isObject(usage)) return `usage: expected an object, got ${showValue(usage)}`;
  for (const [key, value] of Object.entries(usage)) {
    if (!Object.hasOwn(usageKeys, key))
      return `usage.${key}: ${unknownKeySentence(key, Object.keys(usageKeys))}`;
    if (value === undefined) continue;
    const whole = key === "max_rss_bytes";
    const holds = whole ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (!holds || Number(value) < 0)
      return `usage.${key}: expected a ${whole ? "whole" : "finite"} number, 0 or more, got ${showValue(value)}`;
  }
  return undefined;
}

function errorProblem(status: string, error: unknown): string | undefined {
  if (error === undefined || error === null) return undefined;
  if (status === "succeeded") return "error: expected none with the status succeeded";
  if (!isObject(error)) return `error: expected an object, got ${showValue(error)}`;
  if (!isErrorCode(error["code"]))
    return `error.code: expected ${errorCodes.join(", ")}, or one of its own such as "acme.quota", got ${showValue(error["code"])}`;
  if (!isText(error["message"]))
    return `error.message: expected a sentence, got ${showValue(error["message"])}`;
  const { retryable } = error;
  if (retryable !== undefined && typeof retryable !== "boolean")
    return `error.retryable: expected true or false, got ${showValue(retryable)}`;
  return undefined;
}

function artifactsProblem(artifacts: unknown): string | undefined {
  if (artifacts === undefined) return undefined;
  if (!Array.isArray(artifacts)) return `artifacts: expected an array, got ${showValue(artifacts)}`;
  for (const [index, artifact] of artifacts.entries()) {
    const at = `artifacts.${index}`;
    if (!isObject(artifact) || !isText(artifact["path"])) return `${at}.path: expected a path`;
    for (const field of ["artifact_id", "kind", "media_type"]) {
      const value = artifact[field];
      if (value !== undefined && !isText(value))
        return `${at}.${field}: expected a non-empty string, got ${showValue(value)}`;
    }
    const description = artifact["description"];
    if (description !== undefined && typeof description !== "string")
      return `${at}.description: expected a string`;
    const { size_bytes: size, sha256 } = artifact;
    if (size !== undefined && !(Number.isSafeInteger(size) && Number(size) >= 0))
      return `${at}.size_bytes: expected a number of bytes, got ${showValue(size)}`;
    if (sha256 !== undefined && !(typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256)))
      return `${at}.sha256: expected 64 lower-case hexadecimal digits, got ${showValue(sha256)}`;
    const problem = metadataProblem(`${at}.metadata`, artifact["metadata"]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function metadataProblem(at: string, metadata: unknown): string | undefined {
  if (metadata === undefined) return undefined;
  if (!isObject(metadata)) return `${at}: expected an object of strings, got ${showValue(metadata)}`;
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") return `${at}.${key}: expected a string, got ${showValue(value)}`;
    if (isReservedMetadataKey(key)) return `${at}.${key}: keys under "xrt." are written by the runtime alone`;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || value === null || isText(value);
}
