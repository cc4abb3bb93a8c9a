import * as z from "zod/mini";

/**
 * Bounds for a run beyond its deadline. `output_bytes` and `idle_seconds` hold for every runner; the others only where a
 * runner lists them in `supports`, and are refused elsewhere.
 */
export interface Limits {
  /** Bytes of stdout and stderr together, at least 1. More end the run as `failed`, with the code `limit_exceeded`. */
  output_bytes?: number | undefined;
  /** Bytes of memory of the whole process tree, at least 1. */
  memory_bytes?: number | undefined;
  /** Seconds of processor time of the whole process tree, above 0. */
  cpu_seconds?: number | undefined;
  /** Processes alive at one time, at least 1. */
  processes?: number | undefined;
  /** Seconds without output after which the run ends as `timed_out`, with the code `idle`; above 0. */
  idle_seconds?: number | undefined;
}

const count = z.int().check(z.positive());
const seconds = z.number().check(z.positive(), z.maximum(Number.MAX_SAFE_INTEGER));

export const Limits = z.strictObject({
  output_bytes: z.optional(count),
  memory_bytes: z.optional(count),
  cpu_seconds: z.optional(seconds),
  processes: z.optional(count),
  idle_seconds: z.optional(seconds),
});
