/** Metadata under this prefix is written by core alone: it carries what a contract version has no field for. */
export const reservedPrefix = "xrt.";

export const reserved = {
  runDirectory: "xrt.run_directory",
  errorCode: "xrt.error_code",
  retryable: "xrt.retryable",
  signal: "xrt.signal",
  usage: "xrt.usage",
  sizeBytes: "xrt.size_bytes",
  sha256: "xrt.sha256",
  mediaType: "xrt.media_type",
} as const;

export function isReservedMetadataKey(key: string): boolean {
  return key.startsWith(reservedPrefix);
}
