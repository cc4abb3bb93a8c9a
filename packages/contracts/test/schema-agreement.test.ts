import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as v01 from "@xrt/contracts/v0.1";
import * as v02 from "@xrt/contracts/v0.2";
import { mutated, validDocuments } from "./v0.1/documents.ts";
import { validDocuments as validDocumentsV02 } from "./v0.2/documents.ts";

const versions = {
  "0.1": { ...v01, documents: validDocuments },
  "0.2": { ...v02, documents: validDocumentsV02 },
};
const cases = Object.entries(versions).flatMap(([version, contract]) =>
  contract.contractKinds.map((kind) => ({ version, kind, contract })),
);

const ajv = new Ajv2020({ strictTypes: "log", logger: false, validateFormats: false });

describe.each(cases)("$kind of v$version", ({ version, kind, contract }) => {
  const validate = ajv.compile(contract.jsonSchema(kind));
  const schema = {
    runtime_invocation: contract.RuntimeInvocation,
    runtime_result: contract.RuntimeResult,
    artifact_descriptor: contract.ArtifactDescriptor,
  }[kind];
  const documents = contract.documents[kind];

  test("the committed JSON Schema is the one that the zod schema gives", () => {
    const file = new URL(`../schemas/v${version}/${kind}.json`, import.meta.url);
    expect(readFileSync(file, "utf8")).toBe(`${JSON.stringify(contract.jsonSchema(kind), null, 2)}\n`);
  });

  test("what the schema accepts comes back unchanged, directly and by way of JSON", () => {
    fc.assert(
      fc.property(documents, (document) => {
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
      fc.property(mutated(documents), (text) => {
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
    const [document] = fc.sample(documents, { numRuns: 1, seed: 1 });
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
    expect(JSON.stringify(contract.jsonSchema(kind))).not.toContain('"default"');
  });
});
