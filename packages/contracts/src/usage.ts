/** What a run used. Only measured values appear. */
export interface Usage {
  /** Wall-clock milliseconds. */
  wall_ms: number;
  /** Milliseconds of processor time in user mode. */
  cpu_user_ms?: number;
  /** Milliseconds of processor time in the kernel. */
  cpu_system_ms?: number;
  /** The largest resident set, in bytes. */
  max_rss_bytes?: number;
}
