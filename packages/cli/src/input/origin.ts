/** Where a text begins within its input, so that messages tell places of the input. */
export interface Origin {
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly byte: number;
}

export const startOfInput: Origin = { line: 1, byte: 0 };
