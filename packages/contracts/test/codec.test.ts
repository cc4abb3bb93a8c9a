import { describe, expect, test } from "vitest";
import { isXrtError, outcome, reserved, type DescribedArtifact } from "@xrt/contracts";
import {
  decodeInvocation,
  encodeResult,
  latestResult,
  parseArtifactDescriptor,
  parseResult as parseAnyResult,
  type NeutralResult,
} from "@xrt/contracts/codec";
import { parseResult } from "@xrt/contracts/v0.1";
import * as v02 from "@xrt/contracts/v0.2";
import { wireInvocation } from "./v0.1/documents.ts";
import * as newer from "./v0.2/documents.ts";

const artifact: DescribedArtifact = {
  artifact_id: "report",
  path: "/runs/1/artifacts/report.html",
  kind: "file",
  description: "the report",
  size_bytes: 12,
  sha256: "ab".repeat(32),
  media_type: "text/html",
  metadata: { "acme.page": "1" },
};

const failed: NeutralResult = {
  invocation_id: "1",
  runtime_name: "make",
  runtime_kind: "subprocess",
  status: "failed",
  exit_code: 137,
  signal: "SIGKILL",
  started_at: "2026-01-02T03:04:05.678Z",
  finished_at: "2026-01-02T03:04:06.000Z",
  run_directory: "/runs/1",
  stdout_path: "/runs/1/stdout.txt",
  stderr_path: null,
  error: { code: "killed_by_signal", message: "make was killed by SIGKILL", retryable: true },
  usage: { wall_ms: 322, max_rss_bytes: 4096 },
  artifacts: [
    { ...artifact, artifact_id: "stdout", path: "/runs/1/stdout.txt", kind: "log_excerpt", sha256: null },
    artifact,
  ],
  metadata: { "subprocess.pid": "77" },
};

describe("decodeInvocation", () => {
  test("gives the fields without the envelope, and the version to answer in", () => {
    const { version, document, invocation } = decodeInvocation(wireInvocation());
    expect(version).toBe("0.1");
    expect(document).toStrictEqual(wireInvocation());
    const { schema_version: _version, contract_kind: _kind, ...fields } = wireInvocation();
    expect(invocation).toStrictEqual({ ...fields, limits: null });
  });

  test("takes a document without envelope as v0.1", () => {
    const { schema_version: _version, contract_kind: _kind, ...fields } = wireInvocation();
    expect(decodeInvocation(fields)).toMatchObject({ version: "0.1", document: wireInvocation() });
  });

  test("reads v0.2, to answer in it", () => {
    const document = newer.wireInvocation({
      runtime_kind: "acme.ssh",
      timeout_seconds: 0.5,
      limits: { idle_seconds: 1 },
    });
    const { version, document: read, invocation } = decodeInvocation(document);
    expect({ version, read }).toStrictEqual({ version: "0.2", read: document });
    const { schema_version: _version, contract_kind: _kind, ...fields } = document;
    expect(invocation).toStrictEqual(fields);
  });

  test("reads from the metadata of v0.1 what it has no field for", () => {
    const metadata = { "xrt.runtime_kind": "acme.ssh", "xrt.limits": '{"idle_seconds":1}', k: "v" };
    const document = wireInvocation({ runtime_kind: "unknown", metadata });
    const { version, document: read, invocation } = decodeInvocation(document);
    expect({ version, read }).toStrictEqual({ version: "0.1", read: document });
    expect(invocation).toMatchObject({ runtime_kind: "acme.ssh", limits: { idle_seconds: 1 } });
    expect(invocation.metadata).toEqual({ k: "v" });
  });

  test("refuses a version that it does not know, naming it and the known ones", () => {
    const error = thrownBy(() => decodeInvocation(wireInvocation({ schema_version: "9.7" })));
    expect(isXrtError(error) && error.code).toBe("ERR_XRT_UNKNOWN_VERSION");
    expect(String(error)).toContain('"9.7"');
    expect(String(error)).toContain('known: "0.1", "0.2"');
  });

  test("tells a version that is none at all as a problem of the document", () => {
    const error = thrownBy(() => decodeInvocation(wireInvocation({ schema_version: 0.1 })));
    expect(isXrtError(error) && error.code).toBe("ERR_XRT_INVALID_DOCUMENT");
    expect(String(error)).toContain('schema_version: expected "0.1", got 0.1');
  });

  test.each([[null], [[]], ["{}"], [undefined]])("refuses %j as no document", (value) => {
    const error = thrownBy(() => decodeInvocation(value));
    expect(isXrtError(error) && error.code).toBe("ERR_XRT_INVALID_DOCUMENT");
  });
});

describe("encodeResult", () => {
  test("writes a valid v0.1 document", () => {
    const document = encodeResult("0.1", failed);
    expect(parseResult(JSON.parse(JSON.stringify(document)))).toStrictEqual(document);
    expect(document).toMatchObject({
      status: "failed",
      exit_code: 137,
      error_summary: "make was killed by SIGKILL",
    });
  });

  test("writes a valid v0.2 document, with all of it in fields", () => {
    const document = encodeResult("0.2", failed);
    expect(v02.parseResult(JSON.parse(JSON.stringify(document)))).toStrictEqual(document);
    expect(document).toMatchObject({
      schema_version: "0.2",
      signal: "SIGKILL",
      run_directory: "/runs/1",
      error_summary: "make was killed by SIGKILL",
      error: failed.error,
      usage: failed.usage,
      metadata: { "subprocess.pid": "77" },
    });
    expect(document.artifacts[1]).toStrictEqual({
      schema_version: "0.2",
      contract_kind: "artifact_descriptor",
      ...artifact,
    });
  });

  test("says the same in either version", () => {
    const later = encodeResult("0.2", failed);
    expect(latestResult(encodeResult("0.1", failed))).toStrictEqual(later);
    expect(latestResult(later)).toBe(later);
  });

  test("names a third party's kind in the metadata of v0.1", () => {
    const document = encodeResult("0.1", { ...failed, runtime_kind: "acme.ssh" });
    expect(document).toMatchObject({ runtime_kind: "unknown", metadata: { "xrt.runtime_kind": "acme.ssh" } });
  });

  test("puts what v0.1 has no field for into metadata under xrt.", () => {
    const document = encodeResult("0.1", failed);
    expect(document.metadata).toEqual({
      "subprocess.pid": "77",
      "xrt.run_directory": "/runs/1",
      "xrt.error_code": "killed_by_signal",
      "xrt.retryable": "true",
      "xrt.signal": "SIGKILL",
      "xrt.usage": '{"wall_ms":322,"max_rss_bytes":4096}',
    });
    expect(document.artifacts[1]?.metadata).toEqual({
      "acme.page": "1",
      "xrt.size_bytes": "12",
      "xrt.sha256": "ab".repeat(32),
      "xrt.media_type": "text/html",
    });
  });

  test("writes nothing under xrt. that is not known", () => {
    const bare = {
      ...failed,
      status: "succeeded",
      error: null,
      signal: null,
      usage: null,
      run_directory: null,
    } as const;
    const document = encodeResult("0.1", bare);
    expect(document.metadata).toEqual({ "subprocess.pid": "77" });
    expect(document.error_summary).toBeNull();
  });

  test("has the last word under xrt., whatever the metadata says", () => {
    const document = encodeResult("0.1", { ...failed, metadata: { [reserved.errorCode]: "acme.lie" } });
    expect(document.metadata[reserved.errorCode]).toBe("killed_by_signal");
  });
});

describe("parseResult and parseArtifactDescriptor", () => {
  test("go by schema_version", () => {
    for (const version of ["0.1", "0.2"] as const) {
      const result = encodeResult(version, failed);
      expect(parseAnyResult(result)).toStrictEqual(result);
      for (const one of result.artifacts) expect(parseArtifactDescriptor(one)).toStrictEqual(one);
      const otherwise = { ...result, schema_version: version === "0.1" ? "0.2" : "0.1" };
      expect(() => parseAnyResult(otherwise)).toThrow("not a runtime_result of contract v");
    }
  });

  test("refuse a version that they do not know", () => {
    for (const parse of [parseAnyResult, parseArtifactDescriptor]) {
      const error = thrownBy(() => parse({ schema_version: "9.7" }));
      expect(isXrtError(error) && error.code).toBe("ERR_XRT_UNKNOWN_VERSION");
    }
  });
});

describe("outcome.from", () => {
  test("reads the same from either version", () => {
    expect(outcome.from(encodeResult("0.2", failed))).toEqual(outcome.from(encodeResult("0.1", failed)));
  });

  test("takes a code that is not known here for none", () => {
    const remote = encodeResult("0.1", failed);
    remote.metadata[reserved.errorCode] = "of_tomorrow";
    expect(outcome.from(remote).error).toEqual({
      code: "remote_failed",
      message: "make was killed by SIGKILL",
    });
  });

  test("reads back error, signal, usage, artifacts and the runner's own metadata", () => {
    expect(outcome.from(encodeResult("0.1", failed))).toEqual({
      status: "failed",
      exit_code: 137,
      signal: "SIGKILL",
      error: { code: "killed_by_signal", message: "make was killed by SIGKILL", retryable: true },
      // stdout is described by whoever runs it now.
      artifacts: [
        {
          artifact_id: "report",
          path: "/runs/1/artifacts/report.html",
          kind: "file",
          description: "the report",
          media_type: "text/html",
          metadata: { "acme.page": "1" },
        },
      ],
      usage: { wall_ms: 322, max_rss_bytes: 4096 },
      stdout_path: "/runs/1/stdout.txt",
      stderr_path: null,
      metadata: { "subprocess.pid": "77" },
    });
  });

  test("reads a success without an error", () => {
    const remote = encodeResult("0.1", {
      ...failed,
      status: "succeeded",
      exit_code: 0,
      signal: null,
      error: null,
    });
    expect(outcome.from(remote)).toMatchObject({ status: "succeeded", error: null });
  });

  test.each([
    ["timed_out", "deadline"],
    ["cancelled", "cancelled"],
    ["failed", "remote_failed"],
    ["rejected", "remote_failed"],
  ] as const)("gives a result of another writer that ended as %s the code %s", (status, code) => {
    const remote = { ...encodeResult("0.1", failed), status, error_summary: null, metadata: {} };
    expect(outcome.from(remote).error).toEqual({ code, message: `the run ended as ${status}` });
  });

  test.each(["", "{", "null", "[1]", '{"wall_ms":"7"}', '{"max_rss_bytes":1}'])(
    "leaves out a usage that cannot be read: %j",
    (usage) => {
      const remote = { ...encodeResult("0.1", failed), metadata: { [reserved.usage]: usage } };
      expect(outcome.from(remote)).not.toHaveProperty("usage");
    },
  );

  test("keeps an own __proto__ key of metadata", () => {
    const metadata = JSON.parse('{"__proto__":"kept"}') as Record<string, string>;
    const remote = encodeResult("0.1", { ...failed, metadata });
    expect(Object.entries(outcome.from(remote).metadata ?? {})).toEqual([["__proto__", "kept"]]);
  });

  test("throws for a status that is not terminal", () => {
    const remote = { ...encodeResult("0.1", failed), status: "running" as never };
    expect(() => outcome.from(remote)).toThrow(
      new TypeError('the result of "1" is not terminal: its status is "running"'),
    );
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return expect.unreachable("nothing was thrown");
}
