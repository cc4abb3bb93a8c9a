/** One of our own standard streams, written to without ever blocking the event loop. */
export interface Output {
  /**
   * Writes after everything written before. Resolves once the system has taken the bytes, however long its reader
   * takes. Rejects with ClosedOutput where nobody reads any more, with Failure where writing fails otherwise.
   */
  write(chunk: Uint8Array | string): Promise<void>;
}

/** Nobody reads our output any more: what ends a program by SIGPIPE (POSIX, write(), EPIPE). */
export class ClosedOutput extends Error {
  override name = "ClosedOutput";
}
