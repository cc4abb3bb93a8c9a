/** A file of the run directory, opened by core for appending. Core closes it when the run has ended. */
export interface OutputSink {
  /** Absolute. */
  readonly path: string;
  /** Opened with O_APPEND, for handing to a child process. */
  readonly fd: number;
  /**
   * Appends bytes (strings as UTF-8), in the order of the calls. Resolves when they are in the file;
   * rejects with the system's error (ENOSPC, EDQUOT, …).
   */
  write(chunk: Uint8Array | string): Promise<void>;
  /** The same as a stream, with backpressure. Closing it leaves the file open. */
  readonly writable: WritableStream<Uint8Array>;
}
