/** A runner package that somebody named. */
export interface RunnerSource {
  /** Its name, or the path of its folder. */
  readonly package: string;
  /** What its schema for options is given. */
  readonly options: unknown;
  /** Whence names and relative paths are resolved; absolute. */
  readonly folder: string;
  /** Where it was named, for messages. */
  readonly place: string;
}
