import { Failure } from "../failure.ts";
import { decodeUtf8 } from "./decode-utf8.ts";
import { parseJson } from "./parse-json.ts";
import { inputName, readBytes } from "./read-bytes.ts";

/** The JSON value in a file, or on standard input for `-`. Throws Failure that names the input. */
export async function readJson(source: string): Promise<unknown> {
  const bytes = readBytes(source);
  try {
    return await parseJson(decodeUtf8(bytes));
  } catch (error) {
    if (error instanceof Failure)
      throw new Failure(`${inputName(source)}: ${error.message}`, { cause: error });
    throw error;
  }
}
