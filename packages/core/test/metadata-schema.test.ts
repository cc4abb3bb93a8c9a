import { existsSync } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { outcome, type RuntimeRunner, type StandardSchema } from "@xrt/contracts";
import { expect, test } from "vitest";
import * as z from "zod";
import { collect, openWorkbench, runnerOf } from "./workbench.ts";

type Schema = NonNullable<RuntimeRunner["metadata"]>["schema"];
type Validate = StandardSchema["~standard"]["validate"];

/** A schema of another library than zod. */
function schemaOf(validate: Validate): StandardSchema {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

function configured(schema: Schema, calls: unknown[] = []): RuntimeRunner {
  return runnerOf(
    async (_invocation, { config }) => {
      calls.push(config);
      return outcome.succeeded();
    },
    { metadata: { prefix: "acme.", schema } },
  );
}

const acme = z.strictObject({
  times: z.coerce.number().int().default(1),
  "deep.name": z.enum(["a", "b"]).optional(),
  list: z.preprocess((text) => JSON.parse(String(text)) as unknown, z.array(z.string())).optional(),
});

test("the schema gets the runner's own keys without their prefix, and the runner what it makes of them", async () => {
  await using bench = await openWorkbench();
  const calls: unknown[] = [];
  const metadata = {
    "acme.times": "3",
    "acme.deep.name": "a",
    "other.times": "x",
    acme: "not below the prefix",
    acmetimes: "neither",
  };
  const { result } = await bench.run(configured(acme, calls), { metadata });
  expect(result.status).toBe("succeeded");
  await bench.run(configured(acme, calls));
  expect(calls).toEqual([{ times: 3, "deep.name": "a" }, { times: 1 }]);
});

test("a runner without a schema has no config, and takes any metadata", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(
    async (_invocation, { config }) => outcome.succeeded({ metadata: { config: String(config) } }),
    { metadata: { "acme.times": "many" } },
  );
  expect(result.metadata["config"]).toBe("undefined");
});

test("all problems come in one rejection, each with its full key, and nothing is made", async () => {
  await using bench = await openWorkbench();
  const calls: unknown[] = [];
  const { result } = await bench.run(configured(acme, calls), {
    metadata: { "acme.times": "many", "acme.deep.name": "c", "acme.list": "[1]", "acme.surprise": "x" },
  });
  expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "invalid_metadata" } });
  for (const part of [
    "metadata acme.times: ",
    "metadata acme.deep.name: ",
    "metadata acme.list.0: ",
    "surprise",
  ])
    expect(result.error_summary).toContain(part);
  expect(calls).toEqual([]);
  expect(existsSync(path.join(bench.directory, ".xrt"))).toBe(false);
});

test("a schema of any library may be asynchronous, and give its paths as objects", async () => {
  await using bench = await openWorkbench();
  const issues = [
    { message: "not this", path: [{ key: "one" }, { key: 2 }] },
    { message: "nor that", path: ["two"] },
    { message: "nor the whole" },
  ];
  for (const validate of [() => ({ issues }), async () => ({ issues })]) {
    const { result } = await bench.run(configured(schemaOf(validate)));
    expect(result).toMatchObject({
      status: "rejected",
      error_summary: "metadata acme.one.2: not this; metadata acme.two: nor that; metadata: nor the whole",
    });
  }
  const calls: unknown[] = [];
  const later = schemaOf(async (value) => ({ value: { ...(value as object), later: true } }));
  await bench.run(configured(later, calls), { metadata: { "acme.a": "1" } });
  expect(calls).toEqual([{ a: "1", later: true }]);
});

const broken = () => {
  throw new Error("the schema is broken");
};

test("a schema that throws, at once or later, fails the run", async () => {
  await using bench = await openWorkbench();
  for (const validate of [broken, async () => broken()]) {
    const { result } = await bench.run(configured(schemaOf(validate)));
    expect(result).toMatchObject({ status: "failed", metadata: { "xrt.error_code": "runner_error" } });
    expect(result.error_summary).toContain("the schema is broken");
  }
});

test("an asynchronous schema's problems are no unhandled rejection where nobody asks for them any more", async () => {
  await using bench = await openWorkbench();
  const rejecting = configured(schemaOf(async () => ({ issues: [{ message: "wrong" }] })));
  // vitest fails the run on an unhandled rejection.
  const aborted = await bench.run(rejecting, {}, { signal: AbortSignal.abort() });
  expect(aborted.result.status).toBe("cancelled");
  const missing = await bench.run(rejecting, { working_directory: "/nowhere" });
  expect(missing.result.error_summary).toContain("working directory does not exist");
});

test("a run that is stopped while its schema is still at work never calls its runner", async () => {
  await using bench = await openWorkbench({ maxGraceMs: 10 });
  const calls: unknown[] = [];
  const validated = Promise.withResolvers<unknown>();
  const asked = Promise.withResolvers<void>();
  const schema = schemaOf(() => {
    asked.resolve();
    return validated.promise;
  });
  const run = bench.start(configured(schema, calls));
  await asked.promise;
  // Once every step that waits for nothing has been taken, the schema is what the run waits for.
  await setImmediate();
  const result = await run.cancel();
  expect(result.metadata["xrt.error_code"]).toBe("runner_did_not_stop");
  validated.resolve({ value: {} });
  await setImmediate();
  expect(calls).toEqual([]);
  expect((await collect(run.events)).map(({ type }) => type)).toEqual(["accepted", "stopping", "finished"]);
});

test("a key under the prefix named __proto__ is the schema's to refuse", async () => {
  await using bench = await openWorkbench();
  const metadata = JSON.parse('{"acme.__proto__":"x"}') as Record<string, string>;
  const seen: unknown[] = [];
  const schema = schemaOf((value) => {
    seen.push(Object.entries(value as object));
    return { value };
  });
  await bench.run(configured(schema), { metadata });
  expect(seen).toEqual([[["__proto__", "x"]]]);
});

test("of very many problems the first 100 are told, and the number of the others", async () => {
  await using bench = await openWorkbench();
  const issues = Array.from({ length: 200_000 }, (_, n) => ({ message: "wrong", path: [`key${n}`] }));
  const { result } = await bench.run(configured(schemaOf(() => ({ issues }))));
  expect(result.metadata["xrt.error_code"]).toBe("invalid_metadata");
  expect(result.error_summary).toMatch(/^metadata acme\.key0: wrong; .*; and 199900 more problems$/);
  expect(result.error_summary?.length).toBeLessThan(10_000);
});

function keys(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`acme.${n}`, ""]));
}

test("a schema is not asked about more than 1000 keys", async () => {
  await using bench = await openWorkbench();
  const asked: unknown[] = [];
  const schema = schemaOf((value) => {
    asked.push(value);
    return { value };
  });
  const { result } = await bench.run(configured(schema), { metadata: keys(1001) });
  expect(result).toMatchObject({ status: "rejected", metadata: { "xrt.error_code": "invalid_metadata" } });
  expect(result.error_summary).toContain('metadata has 1001 keys under "acme."');
  expect(asked).toEqual([]);
  const { result: within } = await bench.run(configured(schema), { metadata: keys(1000) });
  expect(within.status).toBe("succeeded");
});
