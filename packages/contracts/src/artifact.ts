/** A file that a run left, as a runner names it. Core adds size and hash, unless the runner knows both. */
export interface Artifact {
  /** Absolute, or relative to the working directory. */
  path: string;
  /** Unique within the result; default: made from the path. */
  artifact_id?: string;
  /** Default `file`. */
  kind?: string;
  description?: string;
  /** IANA media type. */
  media_type?: string;
  /** Bytes, and the SHA-256 in lower-case hexadecimal, of a file that was hashed while it was written: with both, core does not read it again. */
  size_bytes?: number;
  sha256?: string;
  metadata?: Record<string, string>;
}

/** An artifact as core describes it, independent of a contract version. */
export interface DescribedArtifact {
  readonly artifact_id: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: string;
  readonly description: string;
  /** Bytes when the run ended, or null where it could not be told. */
  readonly size_bytes: number | null;
  /** Lower-case hexadecimal, or null where it was not computed. */
  readonly sha256: string | null;
  readonly media_type: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}
