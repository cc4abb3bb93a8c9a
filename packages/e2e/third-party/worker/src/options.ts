import * as z from "zod";

/** What the host decides, once. */
export const optionsSchema = z.strictObject({
  /** Milliseconds between the message that asks a module to stop and the end of its thread. */
  graceMs: z.int().min(0).max(600_000).default(2000),
  /** Whether modules see the host's environment below that of the invocation. */
  inheritEnvironment: z.boolean().default(false),
});

export type Options = z.infer<typeof optionsSchema>;
