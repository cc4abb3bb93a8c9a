import { joinIssues, reservedPrefix, showValue } from "@xrt/contracts";
import type { Bench } from "../bench.ts";
import type { CaseDefinition } from "../case-definition.ts";
import { Cleanups } from "../cleanups.ts";
import { ConformanceFailure, messageOf, demand } from "../failure.ts";
import { setScene } from "../trial/trial.ts";
import { parseMetadata, type Parsed } from "../trial/parse-metadata.ts";

const unknownKey = "no_such_key_of_this_runner";

/** The schema that core asks before `run`. */
export const metadata: readonly CaseDefinition[] = [
  {
    id: "metadata/declared",
    requirement: "its metadata has a prefix of its own that ends with a dot, and a Standard Schema",
    declared: "metadata",
    async test({ runner }) {
      const { prefix, schema } = runner.metadata ?? {};
      demand(
        typeof prefix === "string" && /^[^.\s]\S*\.$/.test(prefix),
        `metadata.prefix: expected a word that ends with a dot, such as "acme.", got ${showValue(prefix)}`,
      );
      demand(
        !prefix.startsWith(reservedPrefix),
        `metadata.prefix: ${showValue(prefix)} is reserved for the runtime`,
      );
      const standard = schema?.["~standard"];
      demand(
        standard?.version === 1 && typeof standard.validate === "function",
        "metadata.schema: expected a Standard Schema of version 1 (zod, valibot and arktype make such)",
      );
    },
  },
  {
    id: "metadata/unknown-key",
    requirement: "an unknown key under its prefix is refused",
    declared: "metadata",
    needs: ["succeeds"],
    async test(bench) {
      const prefix = bench.runner.metadata?.prefix ?? "";
      const parsed = await parseWith(bench, { [prefix + unknownKey]: "1" });
      demand(
        "issues" in parsed && parsed.issues.length > 0,
        `metadata ${prefix}${unknownKey} was taken: a misspelt key would mean nothing`,
      );
    },
  },
  {
    id: "metadata/refused",
    requirement:
      "bad metadata is refused by the schema, with a sentence for each problem, and never by a throw",
    declared: "metadata",
    needs: ["badMetadata"],
    async test(bench) {
      for (const bad of bench.fixture("badMetadata")) {
        const parsed = await parseWith(bench, bad);
        demand("issues" in parsed && parsed.issues.length > 0, `${JSON.stringify(bad)} was taken`);
        demand(
          parsed.issues.every(({ message }) => typeof message === "string" && message.trim() !== ""),
          `${JSON.stringify(bad)} was refused without a sentence: ${joinIssues(parsed.issues)}`,
        );
      }
    },
  },
];

/** What the schema makes of the metadata of `succeeds`, where that is given, and of something more. */
async function parseWith(bench: Bench, more: Readonly<Record<string, string>>): Promise<Parsed> {
  await using cleanups = new Cleanups();
  const { scenario } = await setScene(bench.subject.fixtures.succeeds ?? {}, cleanups);
  try {
    return await parseMetadata(bench.runner, { ...scenario.metadata, ...more });
  } catch (error) {
    throw new ConformanceFailure(`the schema threw for ${JSON.stringify(more)}: ${messageOf(error)}`);
  }
}
