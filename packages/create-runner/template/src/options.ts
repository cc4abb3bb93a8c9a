import * as z from "zod";

/** What the host decides, once. An invocation may narrow it, never widen. */
export const optionsSchema = z.strictObject({
  /** How often one run may say its words. */
  maxTimes: z.int().min(1).default(1000),
});

export type Options = z.infer<typeof optionsSchema>;
