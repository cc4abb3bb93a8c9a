/** One thing that a runner must do. */
export interface ConformanceCase {
  /** Stable: `stop/deadline`. An expected-failures file names it. */
  readonly id: string;
  /** What must hold, as a sentence. */
  readonly requirement: string;
  /** Why it is not tested here: what the runner does not declare, or which fixture is missing. */
  readonly skip: string | false;
  /** Rejects with a ConformanceFailure when it does not hold. Run one case after the other: some look at the whole process. */
  readonly run: () => Promise<void>;
}
