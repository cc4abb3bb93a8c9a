import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { outcome, type RunEvent } from "@xrt/contracts";
import { openRun } from "@xrt/core";
import { expect, test } from "vitest";
import { Redactor } from "../src/record/redactor.ts";
import {
  collect,
  directoryOf,
  jsonLines,
  openWorkbench,
  recordedEvents,
  runnerOf,
  succeed,
  untilStopped,
  type Work,
} from "./workbench.ts";

const secret = "sup3r-s3cret-value";

/** Puts the secret wherever a runner can put something, and fails with it. */
const leaky: Work = async (_invocation, context) => {
  context.addSecret(secret);
  context.emit({ type: "started", url: `https://user:${secret}@host/` });
  context.emit({ type: "progress", message: `using ${secret}` });
  context.emit({ type: "acme.request", data: { headers: [{ authorization: secret }], [secret]: 1 } });
  await context.checkpoint({ token: secret, nested: [`x${secret}x`] });
  await writeFile(path.join(context.artifactDirectory, "file"), "");
  return outcome.failed("acme.denied", `the server refused ${secret}`, {
    metadata: { "acme.header": secret, [`acme.${secret}`]: "x" },
    artifacts: [
      {
        path: path.join(context.artifactDirectory, "file"),
        artifact_id: secret,
        kind: `kind ${secret}`,
        description: `made with ${secret}`,
        metadata: { "acme.by": secret },
      },
    ],
  });
};

test("a secret that a runner adds reaches nothing that XRT writes or tells", async () => {
  await using bench = await openWorkbench();
  const output = path.join(bench.directory, "result.json");
  const { result, events } = await bench.run(leaky, { output_result_path: output });
  const texts = [
    JSON.stringify(result),
    JSON.stringify(events),
    await readFile(output, "utf8"),
    await readFile(path.join(directoryOf(result), "result.json"), "utf8"),
    await readFile(path.join(directoryOf(result), "events.ndjson"), "utf8"),
  ];
  for (const text of texts) {
    expect(text).not.toContain(secret);
    expect(text).toContain("[redacted]");
  }
  expect(result).toMatchObject({
    error_summary: "the server refused [redacted]",
    metadata: { "acme.header": "[redacted]", "acme.[redacted]": "x" },
  });
  expect(events.find((event) => event.type === "checkpoint")).toMatchObject({
    state: { token: "[redacted]", nested: ["x[redacted]x"] },
  });
});

test("secretEnvironment joins the environment, is written nowhere and redacted everywhere", async () => {
  await using bench = await openWorkbench();
  let given: unknown;
  const { result } = await bench.run(
    async ({ environment }) => {
      given = environment["TOKEN"];
      throw new Error(`could not log in with ${secret}, truly ${secret}`);
    },
    {
      environment: { OTHER: "open" },
      command: ["login", `--token=${secret}`],
      metadata: { note: `use ${secret}` },
    },
    { secretEnvironment: { TOKEN: secret } },
  );
  expect(given).toBe(secret);
  expect(result.error_summary).toBe(
    'the runner for "manual" failed: could not log in with [redacted], truly [redacted]',
  );
  const [first] = await jsonLines(path.join(directoryOf(result), "events.ndjson"));
  expect(first).toMatchObject({
    environment: { OTHER: "open" },
    command: ["login", "--token=[redacted]"],
    metadata: { note: "use [redacted]" },
  });
  for (const file of await readdir(directoryOf(result), { withFileTypes: true })) {
    if (file.isFile())
      expect(await readFile(path.join(file.parentPath, file.name), "utf8")).not.toContain(secret);
  }
});

const repeat: Work = async ({ environment }) =>
  outcome.failed("acme.all", Object.values(environment).join(" "));

test.for([
  ["API_KEY", "12345678", true],
  ["github_token", "12345678", true],
  ["CLIENT_SECRET", "12345678", true],
  ["PGPASSWORD", "12345678", true],
  ["AWS_CREDENTIALS", "12345678", true],
  ["AUTHORIZATION", "12345678", true],
  ["API_KEY", "1234567", false],
  ["HOME", "12345678", false],
] as const)("by default the value of %s=%s is secret: %s", async ([name, value, isSecret]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(repeat, { environment: { [name]: value } });
  expect(result.error_summary).toBe(isSecret ? "[redacted]" : value);
  const [first] = await jsonLines(path.join(directoryOf(result), "events.ndjson"));
  expect(first).toMatchObject({ environment: { [name]: isSecret ? "[redacted]" : value } });
});

test("the host says itself what is secret", async () => {
  await using bench = await openWorkbench({
    isSecret: (name, value) => name === "PLAIN" || value === "odd",
  });
  const environment = { PLAIN: "abc", API_KEY: "12345678", OTHER: "odd", EMPTY: "" };
  const { result } = await bench.run(repeat, { environment });
  expect(result.error_summary).toBe("[redacted] 12345678 [redacted]");
});

test("an isSecret that throws, or a secret that is none, fails the run and nothing else", async () => {
  await using bench = await openWorkbench({
    isSecret: () => {
      throw new Error("no idea");
    },
  });
  const { result } = await bench.run(succeed, { environment: { A: "1" } });
  expect(result).toMatchObject({
    status: "failed",
    error_summary: "the run could not be prepared: no idea",
    metadata: { "xrt.error_code": "runner_error" },
  });
  const secretEnvironment = { TOKEN: undefined } as unknown as Record<string, string>;
  const missing = await bench.run(succeed, {}, { secretEnvironment });
  expect(missing.result).toMatchObject({ status: "failed" });
  expect(missing.result.error_summary).toContain("a secret must be a string, got nothing");
});

test("redaction comes before truncation", async () => {
  await using bench = await openWorkbench();
  for (let length = 3970; length < 4010; length += 7) {
    const { result } = await bench.run(
      async () => outcome.failed("acme.long", "x".repeat(length) + secret),
      {},
      { secretEnvironment: { S: secret } },
    );
    expect(result.error_summary?.length).toBeLessThanOrEqual(4001);
    expect(result.error_summary).not.toContain(secret.slice(0, 5));
  }
});

test("what is cancelled, refused or rejected tells no secret either", async () => {
  await using bench = await openWorkbench({ policy: ({ command }) => command[1] });
  const options = { secretEnvironment: { S: secret } };
  const run = bench.start(untilStopped, {}, options);
  const cancelled = await run.cancel(`because of ${secret}`);
  expect(cancelled.error_summary).toContain("because of [redacted]");
  const stopping = (await collect(run.events)).find((event) => event.type === "stopping");
  expect(stopping).toMatchObject({ reason: "because of [redacted]" });
  const refused = await bench.run(succeed, { command: ["work", `not with ${secret}`] }, options);
  expect(refused.result.error_summary).toBe("not with [redacted]");
  const missing = await bench.run(succeed, { working_directory: `/${secret}` }, options);
  expect(missing.result.error_summary).toContain("/[redacted]");
  const unwritable = await bench.run(succeed, { output_result_path: `/dev/null/${secret}` }, options);
  expect(unwritable.result.metadata["xrt.result_error"]).toContain("/dev/null/[redacted]");
  expect(JSON.stringify(unwritable.events)).not.toContain(secret);
});

test("what the program prints is kept as it is", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(
    async (_invocation, { stdout }) => {
      await stdout.write(secret);
      return outcome.succeeded();
    },
    {},
    { secretEnvironment: { S: secret } },
  );
  expect(await readFile(result.stdout_path ?? "", "utf8")).toBe(secret);
});

test("a secret that is a word of the record leaves the record readable", async () => {
  await using bench = await openWorkbench();
  const words = ["started", "accepted", "finished", "warning", "0.1", "manual", "runtime_invocation", "1"];
  const secretEnvironment = Object.fromEntries(words.map((word, index) => [`S${index}`, word]));
  const { result } = await bench.run(
    async (_invocation, context) => {
      context.emit({ type: "started" });
      context.emit({ type: "warning", code: "acme.odd", message: "a warning" });
      return outcome.failed("acme.odd", "manual work, finished");
    },
    { invocation_id: "manual-1" },
    { secretEnvironment },
  );
  expect(result).toMatchObject({ error_summary: "[redacted] work, [redacted]", runtime_kind: "manual" });
  const recorded = await recordedEvents(directoryOf(result));
  expect(recorded.map(({ type }) => type)).toEqual(["accepted", "started", "warning", "finished"]);
  const record = await openRun(directoryOf(result));
  expect(await record.result).toEqual(result);
  expect((await collect(record.events)).map(({ type }: RunEvent) => type)).toEqual([
    "accepted",
    "started",
    "warning",
    "finished",
  ]);
});

test("a runner redacts before it truncates", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(
    runnerOf(async (_invocation, context) => {
      context.addSecret("first one");
      const before = context.redact("first one, second one");
      context.addSecret("second one");
      return outcome.succeeded({
        metadata: { before, after: String(context.redact("second one") === "[redacted]") },
      });
    }),
  );
  expect(result.metadata).toMatchObject({ before: "[redacted], [redacted]", after: "true" });
});

test.for([
  [["abc"], "xabcx abc", "x[redacted]x [redacted]"],
  [["abc", "abcdef"], "abcdef abc", "[redacted] [redacted]"],
  [["abcdef", "defghi"], "abcdefghi!", "[redacted]!"],
  [["defghi", "abcdef"], "abcdefghi!", "[redacted]!"],
  [["aa"], "aaa", "[redacted]"],
  [["ab"], "abab", "[redacted][redacted]"],
  [["red", "act", "[", "]"], "red", "[redacted]"],
  [["$&", "$1"], "a$&b$1", "a[redacted]b[redacted]"],
  [[".*", "(x)"], "any .* (x)", "any [redacted] [redacted]"],
  [["two\nlines"], "a two\nlines b", "a [redacted] b"],
  [[""], "text", "text"],
  [[], "text", "text"],
] as const)("with the secrets %j, %j reads %j", ([secrets, text, expected]) => {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  expect(redactor.text(text)).toBe(expected);
  expect(redactor.value({ [text]: [text, 7, null, { a: text }] })).toEqual({
    [expected]: [expected, 7, null, { a: expected }],
  });
});

test("an own __proto__ key stays one through redaction", () => {
  const redactor = new Redactor();
  redactor.add("secret");
  const value = JSON.parse('{"__proto__":"secret"}') as Record<string, string>;
  expect(Object.entries(redactor.value(value))).toEqual([["__proto__", "[redacted]"]]);
});
