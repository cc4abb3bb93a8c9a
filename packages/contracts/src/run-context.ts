import type { RunnerEvent } from "./events.ts";
import type { Json } from "./json.ts";
import type { OutputSink } from "./output-sink.ts";

/** What core gives a runner for one run. */
export interface RunContext<C = undefined> {
  /** The run directory's name. Unique below its base, so it serves as an idempotency key. */
  readonly runId: string;
  /** The run directory; absolute. */
  readonly directory: string;
  /** Whatever lies in it when the run ends becomes an artifact. */
  readonly artifactDirectory: string;
  /** What `metadata.schema` made of the metadata; undefined without a schema. */
  readonly config: C;
  /**
   * Aborts when the runner must stop. `reason.name` is `TimeoutError` (the deadline) or `AbortError` (a cancel).
   * Throwing once it is aborted yields that status; an outcome returned within the grace stands.
   */
  readonly signal: AbortSignal;
  /** Aborts when the grace is over: drop everything and settle. A second later core answers without the runner. */
  readonly forceSignal: AbortSignal;
  /** Milliseconds until the deadline, never below 0; Infinity without one. */
  remainingMs(): number;
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  /** The payload file, or the caller's `input` (whose path is null); null when there is neither. */
  readonly input: { readonly path: string | null; stream(): ReadableStream<Uint8Array> } | null;
  /** Where the work is, outside. On disk before it resolves; handed to `recover` after the supervisor died. */
  checkpoint(state: Json): Promise<void>;
  /** Tells readers of the run. Throws TypeError for an event that is not a RunnerEvent. */
  emit(event: RunnerEvent): void;
  /** The value is redacted from everything XRT writes from here on. */
  addSecret(value: string): void;
  /** The text with every known secret replaced. Redact before you truncate. */
  redact(text: string): string;
}
