/**
 * Text that cannot move the cursor, change colours or forge a line: control characters (C0, DEL, C1) and the
 * separators and direction marks of Unicode become escapes such as `\n` and `\u001b`.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(controlCharacters, escape);
}

/** As `escapeControlCharacters`, for JSON text: only what `JSON.stringify` leaves raw is escaped, so it stays JSON. */
export function escapeInJson(json: string): string {
  return json.replace(rawInJson, unicodeEscape);
}

// C0 and DEL and C1; then LINE and PARAGRAPH SEPARATOR, and the marks that reorder what follows (UAX #9).
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const rawInJson = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escape(character: string): string {
  return short[character] ?? unicodeEscape(character);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
