export interface Warnings extends Disposable {
  /** Their messages, as they came. */
  readonly all: readonly string[];
}

/** Listens to process warnings of one code. */
export function heardWarnings(code: string): Warnings {
  const all: string[] = [];
  const hear = (warning: Error & { code?: string }): void => {
    if (warning.code === code) all.push(warning.message);
  };
  process.on("warning", hear);
  return {
    all,
    [Symbol.dispose]() {
      process.removeListener("warning", hear);
    },
  };
}
