import * as z from "zod/mini";

/** What a run used. Only measured values appear. */
export interface Usage {
  /** Wall-clock milliseconds. */
  wall_ms: number;
  /** Milliseconds of processor time in user mode. */
  cpu_user_ms?: number | undefined;
  /** Milliseconds of processor time in the kernel. */
  cpu_system_ms?: number | undefined;
  /** The largest resident set, in bytes. */
  max_rss_bytes?: number | undefined;
}

const milliseconds = z.number().check(z.nonnegative(), z.maximum(Number.MAX_SAFE_INTEGER));

export const Usage = z.strictObject({
  wall_ms: milliseconds,
  cpu_user_ms: z.optional(milliseconds),
  cpu_system_ms: z.optional(milliseconds),
  max_rss_bytes: z.optional(z.int().check(z.nonnegative())),
});
