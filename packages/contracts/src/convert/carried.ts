import type { WireText } from "./wire-text.ts";

type Metadata = Record<string, string>;

/**
 * Takes a value that metadata carries. Its key goes where `carry` would write it the same; another spelling stays beside
 * the field, so that going down again gives back what was there. A text that is no such value stays, too: undefined.
 */
export function take<T>(metadata: Metadata, key: string, { read, write }: WireText<T>): T | undefined {
  const text = ownText(metadata, key);
  const value = text === undefined ? undefined : read(text);
  if (value !== undefined && write(value) === text) Reflect.deleteProperty(metadata, key);
  return value;
}

/** Puts a value into metadata; another spelling of the same value, which is there already, stays. */
export function carry<T>(
  metadata: Metadata,
  key: string,
  value: T | null | undefined,
  { read, write }: WireText<T>,
): void {
  if (value === null || value === undefined) return;
  const text = write(value);
  const there = ownText(metadata, key);
  const same = there === undefined ? undefined : read(there);
  if (same === undefined || write(same) !== text) metadata[key] = text;
}

function ownText(metadata: Metadata, key: string): string | undefined {
  return Object.hasOwn(metadata, key) ? metadata[key] : undefined;
}
