import { Failure } from "../failure.ts";
import { startOfInput, type Origin } from "./origin.ts";

/** The value of a JSON text. Throws Failure with line, column and what was expected there. */
export async function parseJson(text: string, origin: Origin = startOfInput): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // JSON.parse tells the place of some errors only, so another parser is asked for it, when one is needed.
    const { describeJsonError } = await import("../diagnose/json-error.ts");
    throw new Failure(describeJsonError(text, origin, error), { cause: error });
  }
}
