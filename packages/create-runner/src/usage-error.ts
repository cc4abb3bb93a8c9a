/** What was asked for cannot be made. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
