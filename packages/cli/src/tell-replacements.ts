import { escapeControlCharacters } from "./control-characters.ts";
import type { LoadedRunners } from "./loaded-runners.ts";
import { openOutput } from "./output/open-output.ts";
import { replacement } from "./runner-catalog.ts";

/** Says on standard error which of these kinds a loaded runner runs in the place of one of ours. */
export async function tellReplacements(
  command: string,
  kinds: Iterable<string>,
  loaded: LoadedRunners,
): Promise<void> {
  const sentences = [...kinds].flatMap((kind) => replacement(kind, loaded) ?? []);
  const text = sentences.map((sentence) => `xrt ${command}: ${escapeControlCharacters(sentence)}\n`).join("");
  if (text !== "") await openOutput(2).write(text);
}
