/** Bounds for a run beyond its deadline. A runner lists those it honours in `supports`. */
export interface Limits {
  /** Bytes of stdout and stderr together. */
  output_bytes?: number;
  /** Bytes of memory of the whole process tree. */
  memory_bytes?: number;
  /** Seconds of processor time of the whole process tree. */
  cpu_seconds?: number;
  /** Processes alive at one time. */
  processes?: number;
  /** Seconds without output after which the run ends as `timed_out`. */
  idle_seconds?: number;
}
