import type { AnyResult, RunEvent } from "@xrt/contracts";
import type { RuntimeStatus } from "@xrt/contracts/v0.1";

/** Where reading begins, and whether it waits for more. */
export interface OutputOptions {
  /** Offset of the first byte. Default 0. */
  from?: number | undefined;
  /** Go on until the run ends. Default true. */
  follow?: boolean | undefined;
}

/** A run, live or over, of this process or another. Any number of readers, each at its own pace. */
export interface RunRecord<R = AnyResult> {
  /** The run directory's name; the invocation's id where there is no directory. */
  readonly id: string;
  /** Absolute; null where the run was rejected before a directory was made. */
  readonly directory: string | null;
  readonly status: RuntimeStatus;
  /** Never rejects. */
  readonly result: Promise<R>;
  /** From the first event to `finished`. Leaving the loop does not stop the run. */
  readonly events: AsyncIterable<RunEvent>;
  /** The bytes of a stream, as they come. */
  output(stream?: "stdout" | "stderr", options?: OutputOptions): ReadableStream<Uint8Array>;
  /** Lines as UTF-8, without their ends (LF or CRLF). A line over 1 MiB comes in pieces. */
  lines(stream?: "stdout" | "stderr"): AsyncIterable<string>;
  /** Resolves with the result once the run has stopped. */
  cancel(reason?: string): Promise<R>;
}

/** A run of this process. Disposing cancels and waits. */
export interface Run<R = AnyResult> extends RunRecord<R>, AsyncDisposable {}
