import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArtifactDescriptor,
  contractKinds,
  jsonSchema,
  RuntimeInvocation,
  RuntimeResult,
} from "@xrt/contracts/v0.1";
import { mutatedDocuments, validDocuments } from "./documents.ts";

const zodSchemas = {
  runtime_invocation: RuntimeInvocation,
  runtime_result: RuntimeResult,
  artifact_descriptor: ArtifactDescriptor,
};

const ajv = new Ajv2020({ strictTypes: "log", logger: false, validateFormats: false });

describe.each(contractKinds)("%s", (kind) => {
  const validate = ajv.compile(jsonSchema(kind));
  const schema = zodSchemas[kind];

  test("the committed JSON Schema is the one that the zod schema gives", () => {
    const file = new URL(`../../schemas/v0.1/${kind}.json`, import.meta.url);
    expect(readFileSync(file, "utf8")).toBe(`${JSON.stringify(jsonSchema(kind), null, 2)}\n`);
  });

  test("what the schema accepts comes back unchanged, directly and by way of JSON", () => {
    fc.assert(
      fc.property(validDocuments[kind], (document) => {
        const parsed = schema.parse(document);
        expect(parsed).toStrictEqual(document);
        expect(schema.parse(JSON.parse(JSON.stringify(parsed)))).toStrictEqual(document);
      }),
    );
  });

  test("ajv and zod agree on valid documents and on every mutation of them", () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(mutatedDocuments(kind), (text) => {
        const verdict = validate(JSON.parse(text));
        expect(schema.safeParse(JSON.parse(text)).success, text).toBe(verdict);
        if (verdict) accepted += 1;
        else refused += 1;
      }),
      { numRuns: 2000 },
    );
    // The property says nothing when one side is never met.
    expect(accepted).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });

  test("every field is required, and every other key refused, by both", () => {
    const [document] = fc.sample(validDocuments[kind], { numRuns: 1, seed: 1 });
    for (const field of Object.keys(document ?? {})) {
      const { [field]: _left, ...rest } = document as Record<string, unknown>;
      expect(schema.safeParse(rest).success, field).toBe(false);
      expect(validate(rest), field).toBe(false);
    }
    for (const extra of ['{"extra":1}', '{"__proto__":{}}', '{"__proto__":null}']) {
      const widened = JSON.parse(`${JSON.stringify(document).slice(0, -1)},${extra.slice(1)}`) as unknown;
      expect(schema.safeParse(widened).success, extra).toBe(false);
      expect(validate(widened), extra).toBe(false);
    }
  });

  test("no schema fills in a default", () => {
    expect(JSON.stringify(jsonSchema(kind))).not.toContain('"default"');
  });
});
