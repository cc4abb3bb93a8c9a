import type { ValidateOptions } from "../definitions/validate.ts";
import { Failure } from "../failure.ts";
import { closeRunners, loadedRunners, type LoadedRunners } from "../loaded-runners.ts";
import { decodeUtf8 } from "../input/decode-utf8.ts";
import { LineSplitter, type Line } from "../validate/lines.ts";
import { startOfInput } from "../input/origin.ts";
import { checkDocument } from "../validate/check-document.ts";
import { parseJson } from "../input/parse-json.ts";
import { readBytes, streamBytes } from "../input/read-bytes.ts";
import { sizeLimitText } from "../input/size-limit.ts";
import { openOutput } from "../output/open-output.ts";
import { escapeControlCharacters } from "../control-characters.ts";

/** Prints a verdict, or with `ndjson` one per line; 0 where all are ok, otherwise 2. */
export async function validate(source: string, options: ValidateOptions): Promise<number> {
  const loaded = await loadedRunners(options);
  const status = await (options.ndjson === true
    ? validateLines(source, loaded)
    : validateOne(source, loaded));
  await closeRunners(loaded);
  return status;
}

async function validateOne(source: string, loaded: LoadedRunners): Promise<number> {
  const verdict = await judge({ bytes: readBytes(source), origin: startOfInput }, loaded);
  const output = openOutput(1);
  await output.write(`${verdict}\n`);
  return verdict === ok ? 0 : 2;
}

const ok = "ok";

async function validateLines(source: string, loaded: LoadedRunners): Promise<number> {
  const output = openOutput(1);
  const splitter = new LineSplitter();
  let allOk = true;
  const report = async (lines: Iterable<Line>) => {
    let text = "";
    for (const line of lines) {
      const verdict = await judge(line, loaded);
      if (verdict !== ok) allOk = false;
      text += `${verdict}\n`;
    }
    if (text !== "") await output.write(text);
  };
  for (const chunk of streamBytes(source)) await report(splitter.push(chunk));
  await report(splitter.end());
  return allOk ? 0 : 2;
}

/** `ok`, or `invalid: ` and every problem, on one line. */
async function judge({ bytes, origin }: Line, loaded: LoadedRunners): Promise<string> {
  if (bytes === null) return `invalid: line ${origin.line}: it is larger than ${sizeLimitText}`;
  try {
    await checkDocument(await parseJson(decodeUtf8(bytes, origin), origin), loaded);
    return ok;
  } catch (error) {
    if (error instanceof Failure) return `invalid: ${escapeControlCharacters(error.message)}`;
    throw error;
  }
}
