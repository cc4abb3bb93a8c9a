import { visit, type ParseErrorCode } from "jsonc-parser";
import { startOfInput, type Origin } from "../input/origin.ts";
import { positionAt } from "../input/position.ts";

/** The first error of a JSON text, which JSON.parse threw: "line 2, column 7: not JSON: expected a value". */
export function describeJsonError(text: string, origin: Origin = startOfInput, thrown?: unknown): string {
  if (text.trim() === "") return "it is empty; expected one JSON document";
  const error = firstError(text);
  const place = (offset: number): string => {
    const { line, column } = positionAt(text, offset);
    return `line ${origin.line + line - 1}, column ${column}`;
  };
  if (error === undefined) return inItsOwnWords(thrown, text, place);
  return `${place(error.offset)}: not JSON: ${problemsOfStrings[error.code] ?? problemAt(text, error)}`;
}

/** What JSON.parse said itself, with the place where it tells one. */
function inItsOwnWords(thrown: unknown, text: string, place: (offset: number) => string): string {
  const words = thrown instanceof Error ? thrown.message : "a syntax error";
  const told = / (?:in JSON )?at position (\d+).*$/s.exec(words);
  const saying = `not JSON: ${words.slice(0, told?.index)}`;
  if (told !== null) return `${place(Number(told[1]))}: ${saying}`;
  return words.startsWith("Unexpected end") ? `${place(text.length)}: ${saying}` : saying;
}

function problemAt(text: string, { code, offset }: JsonError): string {
  const found = offset >= text.length ? "the end of the text" : JSON.stringify(characterAt(text, offset));
  return `${expectations[code] ?? "a syntax error"} at ${found}`;
}

interface JsonError {
  code: ParseErrorCode;
  offset: number;
}

/** Thrown to leave the visitor, which would otherwise go on to the end of the text. */
class FirstError extends Error {
  readonly found: JsonError;
  constructor(found: JsonError) {
    super("found");
    this.found = found;
  }
}

function firstError(text: string): JsonError | undefined {
  try {
    visit(
      text,
      {
        onError(code, offset) {
          throw new FirstError({ code, offset });
        },
      },
      { disallowComments: true },
    );
  } catch (error) {
    if (error instanceof FirstError) return error.found;
    // The visitor recurses: nested too deeply it runs out of stack, and JSON.parse's own words must do.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

function characterAt(text: string, offset: number): string {
  return String.fromCodePoint(text.codePointAt(offset) ?? 0);
}

// The numbers are jsonc-parser's ParseErrorCode, a const enum that isolated modules cannot name.
const expectations: Readonly<Record<number, string>> = {
  1: "an unknown word",
  2: "a malformed number",
  3: "expected a property name in double quotes",
  4: "expected a value",
  5: "expected a colon",
  6: "expected a comma",
  7: "expected a closing brace",
  8: "expected a closing bracket",
  9: "expected nothing more",
  10: "a comment",
  11: "a comment",
  13: "a malformed number",
};

/** Their place is where the string begins. */
const problemsOfStrings: Readonly<Record<number, string>> = {
  12: "the string that begins here is not closed",
  14: "a malformed \\u escape in the string that begins here",
  15: "an unknown escape in the string that begins here",
  16: "a raw control character in the string that begins here",
};
