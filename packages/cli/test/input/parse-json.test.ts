import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson } from "../../src/input/parse-json.ts";

describe("what is not JSON is refused with line, column and what was expected", () => {
  test.each([
    ["", "it is empty; expected one JSON document"],
    [" \n", "it is empty"],
    ['{\n  "a": tru\n}', 'line 2, column 8: not JSON: an unknown word at "t"'],
    ['{"a":1,}', 'line 1, column 8: not JSON: expected a property name in double quotes at "}"'],
    ["[1,2", "line 1, column 5: not JSON: expected a closing bracket at the end of the text"],
    ['{"a" 1}', 'line 1, column 6: not JSON: expected a colon at "1"'],
    ['{"ü🎉": 1 x}', 'line 1, column 10: not JSON: an unknown word at "x"'],
    ["{} {}", 'line 1, column 4: not JSON: expected nothing more at "{"'],
    ["// no\n{}", 'line 1, column 1: not JSON: a comment at "/"'],
    ["{'a': 1}", 'line 1, column 2: not JSON: an unknown word at "\'"'],
    ['["\t"]', "line 1, column 2: not JSON: a raw control character in the string that begins here"],
    ['["\\x"]', "line 1, column 2: not JSON: an unknown escape in the string that begins here"],
    ["[01]", 'line 1, column 3: not JSON: expected a comma at "1"'],
    ["NaN", 'line 1, column 1: not JSON: an unknown word at "N"'],
  ])("%j", async (text, message) => {
    await expect(parseJson(text)).rejects.toThrow(message);
  });
});

test("a document nested too deeply for the search of its error is refused all the same", async () => {
  const deep = `\n${"[".repeat(1_000_000)}`;
  await expect(parseJson(deep)).rejects.toThrow(
    "line 2, column 1000001: not JSON: Unexpected end of JSON input",
  );
  // JSON.parse tells no place of this one.
  await expect(parseJson(`${deep}x`)).rejects.toThrow(/^not JSON: Unexpected token/);
});

test("a place is told in the lines and characters of the whole input", async () => {
  await expect(parseJson("[1 2]", { line: 7, byte: 100 })).rejects.toThrow("line 7, column 4");
});

test("whatever JSON.parse refuses has a place, and whatever it accepts is read", async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), async (json, at, inserted) => {
      const broken = json.slice(0, at % (json.length + 1)) + inserted + json.slice(at % (json.length + 1));
      let value: unknown;
      try {
        value = JSON.parse(broken);
      } catch {
        await expect(parseJson(broken)).rejects.toThrow(/^(line \d+, column \d+: not JSON: |it is empty)/);
        return;
      }
      expect(await parseJson(broken)).toEqual(value);
    }),
  );
});
