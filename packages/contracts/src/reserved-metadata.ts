/** Metadata under this prefix is written by core alone: it carries what a contract version has no field for. */
export const reservedPrefix = "xrt.";

/** The keys that are written. In a result and an invocation, then in a result, in an invocation, in an artifact. */
export const reserved = {
  runtimeKind: "xrt.runtime_kind",

  runDirectory: "xrt.run_directory",
  errorCode: "xrt.error_code",
  errorMessage: "xrt.error_message",
  retryable: "xrt.retryable",
  signal: "xrt.signal",
  containment: "xrt.containment",
  usage: "xrt.usage",
  resultError: "xrt.result_error",

  timeoutSeconds: "xrt.timeout_seconds",
  limits: "xrt.limits",

  sizeBytes: "xrt.size_bytes",
  sha256: "xrt.sha256",
  mediaType: "xrt.media_type",
} as const;

/** Whether a metadata key is core's: a runner that sets one breaks its contract. */
export function isReservedMetadataKey(key: string): boolean {
  return key.startsWith(reservedPrefix);
}
