/** How a reader of a run's files learns that there may be more. */
export interface RunSource {
  /** True once nothing is added any more. Asked before a last look, so that nothing is missed. */
  ended(): boolean;
  /** Resolves when there may be news. */
  wait(): Promise<void>;
}
