import * as z from "zod";

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // What is wrong with it matters less than what was expected.
    context.issues.push({ code: "custom", message: "expected JSON", input: text });
    return z.NEVER;
  }
});

/** The keys of an invocation's metadata under `example.worker.`. */
export const metadataSchema = z.strictObject({
  /** Given to the module as `workerData.data`. */
  data: json.optional(),
});

export type Metadata = z.infer<typeof metadataSchema>;
