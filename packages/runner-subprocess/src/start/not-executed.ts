/** A command was never executed, and nothing is left of the attempt. */
export class NotExecuted extends Error {
  /** What the system said, with its code; where it was a shell that heard it, made as spawn would have. */
  override readonly cause: NodeJS.ErrnoException;

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message);
    this.cause = cause;
  }

  /** From the code alone. */
  static withCode(code = "unknown error"): NotExecuted {
    return new NotExecuted(Object.assign(new Error(`execve: ${code}`), { code }));
  }
}
