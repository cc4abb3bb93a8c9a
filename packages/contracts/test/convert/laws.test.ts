import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reserved } from "@xrt/contracts";
import {
  downArtifact,
  downInvocation,
  downResult,
  upArtifact,
  upInvocation,
  upResult,
} from "@xrt/contracts/codec";
import * as v01 from "@xrt/contracts/v0.1";
import * as v02 from "@xrt/contracts/v0.2";
import * as older from "../v0.1/documents.ts";
import * as newer from "../v0.2/documents.ts";

interface Document {
  metadata: Record<string, string>;
}

// Each kind has its own pair; that they belong together is what the tests show.
const contracts = [
  { kind: "runtime_invocation", up: upInvocation, down: downInvocation },
  { kind: "runtime_result", up: upResult, down: downResult },
  { kind: "artifact_descriptor", up: upArtifact, down: downArtifact },
] as unknown as {
  kind: v01.ContractKind;
  up: (document: Document) => Document;
  down: (document: Document) => Document;
}[];

/** What may stand under our own keys: what XRT writes, another spelling of it, and what nobody can read. */
const texts = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "12",
    "012",
    "1e3",
    "0.5",
    ".5",
    "4.50",
    "59.5",
    "true",
    "True",
    "acme.ssh",
    "idle",
  ),
  fc.constantFrom(
    "{}",
    "{ }",
    "null",
    "[",
    '{"idle_seconds":5}',
    '{"idle_seconds": 5}',
    '{"idle_seconds":0}',
  ),
  fc.constantFrom('{"wall_ms":1}', '{"wall_ms":1.0}', '{"wall_ms":-0}', '{"wall_ms":1,"wall_ms":2}'),
  fc.constantFrom("ab".repeat(32), "AB".repeat(32), "9007199254740993", "docker"),
  older.anyString,
);
const ownKeys = fc.dictionary(fc.constantFrom(...Object.values(reserved)), texts, older.plain);

const ajv = new Ajv2020({ strictTypes: "log", logger: false, validateFormats: false });

function validator(version: string, kind: string): (document: unknown) => boolean {
  const file = new URL(`../../schemas/v${version}/${kind}.json`, import.meta.url);
  return ajv.compile(JSON.parse(readFileSync(file, "utf8")) as object);
}

describe.each(contracts)("$kind", ({ kind, up, down }) => {
  const isOlder = validator("0.1", kind);
  const isNewer = validator("0.2", kind);
  const olderDocuments = older.validDocuments[kind] as fc.Arbitrary<Document>;
  const newerDocuments = newer.validDocuments[kind] as fc.Arbitrary<Document>;

  test("up then down is the identity, whatever stands under our keys", () => {
    fc.assert(
      fc.property(olderDocuments, ownKeys, (document, own) => {
        const whole = { ...document, metadata: { ...document.metadata, ...own } };
        const before = structuredClone(whole);
        const risen = up(whole);
        expect(isNewer(risen)).toBe(true);
        expect(v02.schemas[kind]["~standard"].validate(risen)).not.toHaveProperty("issues");
        expect(down(risen)).toStrictEqual(before);
        expect(whole).toStrictEqual(before);
      }),
      { numRuns: 2000 },
    );
  });

  test("down then up is the identity", () => {
    fc.assert(
      fc.property(newerDocuments, (document) => {
        const before = structuredClone(document);
        const older = down(document);
        expect(isOlder(older)).toBe(true);
        expect(v01.schemas[kind]["~standard"].validate(older)).not.toHaveProperty("issues");
        expect(up(older)).toStrictEqual(before);
        expect(document).toStrictEqual(before);
      }),
      { numRuns: 2000 },
    );
  });

  test("where a v0.2 document has our keys itself, down then up changes nothing but what they name", () => {
    fc.assert(
      fc.property(newerDocuments, ownKeys, (document, own) => {
        const whole = { ...document, metadata: { ...document.metadata, ...own } };
        const older = down(whole);
        expect(isOlder(older)).toBe(true);
        const back = up(older);
        const named = new Set(Object.keys(own).flatMap((key) => fieldsOf[key] ?? []));
        const strip = ({ metadata, ...fields }: Document) => [
          Object.fromEntries(Object.entries(fields).filter(([field]) => !named.has(field))),
          Object.fromEntries(Object.entries(metadata).filter(([key]) => !Object.hasOwn(own, key))),
        ];
        expect(strip(back)).toStrictEqual(strip(whole));
      }),
      { numRuns: 2000 },
    );
  });
});

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  [reserved.runtimeKind]: ["runtime_kind"],
  [reserved.runDirectory]: ["run_directory"],
  [reserved.errorCode]: ["error"],
  [reserved.errorMessage]: ["error"],
  [reserved.retryable]: ["error"],
  [reserved.signal]: ["signal"],
  [reserved.usage]: ["usage"],
  [reserved.timeoutSeconds]: ["timeout_seconds"],
  [reserved.limits]: ["limits"],
  [reserved.sizeBytes]: ["size_bytes"],
  [reserved.sha256]: ["sha256"],
  [reserved.mediaType]: ["media_type"],
};

describe("what v0.1 has no field for", () => {
  test("is in the metadata of an invocation, and its timeout is rounded up", () => {
    const document = newer.wireInvocation({
      runtime_kind: "acme.ssh",
      timeout_seconds: 0.25,
      limits: { output_bytes: 10, idle_seconds: 1.5 },
      metadata: { "acme.host": "a" },
    });
    expect(downInvocation(document)).toStrictEqual(
      older.wireInvocation({
        runtime_kind: "unknown",
        timeout_seconds: 1,
        metadata: {
          "acme.host": "a",
          "xrt.runtime_kind": "acme.ssh",
          "xrt.timeout_seconds": "0.25",
          "xrt.limits": '{"output_bytes":10,"idle_seconds":1.5}',
        },
      }),
    );
  });

  test("is in the metadata of a result", () => {
    const document = newer.wireResult({
      runtime_kind: "acme.ssh",
      status: "failed",
      signal: "SIGKILL",
      error_summary: "it broke",
      error: { code: "acme.quota", message: "it broke", retryable: true },
    });
    expect(downResult(document)).toStrictEqual(
      older.wireResult({
        runtime_kind: "unknown",
        status: "failed",
        error_summary: "it broke",
        metadata: {
          "xrt.runtime_kind": "acme.ssh",
          "xrt.run_directory": "/runs/build-17",
          "xrt.error_code": "acme.quota",
          "xrt.retryable": "true",
          "xrt.signal": "SIGKILL",
          "xrt.usage": '{"wall_ms":322}',
        },
      }),
    );
  });

  test("is read by anybody's spelling, which stays where it is", () => {
    const document = older.wireInvocation({ metadata: { "xrt.limits": '{ "idle_seconds": 5 }' } });
    expect(upInvocation(document)).toMatchObject({
      limits: { idle_seconds: 5 },
      metadata: { "xrt.limits": '{ "idle_seconds": 5 }' },
    });
  });

  test("a kind is taken from the metadata of the kind unknown alone", () => {
    const metadata = { "xrt.runtime_kind": "acme.ssh" };
    expect(upInvocation(older.wireInvocation({ runtime_kind: "unknown", metadata }))).toMatchObject({
      runtime_kind: "acme.ssh",
      metadata: {},
    });
    expect(upInvocation(older.wireInvocation({ runtime_kind: "http", metadata }))).toMatchObject({
      runtime_kind: "http",
      metadata,
    });
  });
});
