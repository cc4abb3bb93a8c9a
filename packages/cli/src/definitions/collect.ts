/** For an option that may be repeated: every value, in order. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
