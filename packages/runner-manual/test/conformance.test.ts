import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { conformance, defineFixtures } from "@xrt/conformance";
import { outcome } from "@xrt/contracts";
import { expect, test } from "vitest";
import { ManualRunner, type Dispatcher } from "../src/index.ts";

const never = new Promise<never>(() => undefined);

const dispatchers = {
  answers: () => outcome.succeeded(),
  declines: () => outcome.failed("acme.declined", "the reviewer declined; ask another one"),
  waits: async (_invocation, { signal }) => delay(600_000, outcome.succeeded(), { signal }),
  isDeaf: () => never,
  writes: async (_invocation, { stdout, stderr }) => {
    await stdout.write(Buffer.from("one\xfftwo", "latin1"));
    await stderr.write("three");
    return outcome.succeeded();
  },
  reads: async (_invocation, { input, stdout }) => {
    await stdout.write(input === null ? "" : (await text(input.stream())).toUpperCase());
    return outcome.succeeded();
  },
  leaves: async (_invocation, { artifactDirectory }) => {
    await writeFile(join(artifactDirectory, "report.txt"), "kept");
    return outcome.succeeded();
  },
} satisfies Record<string, Dispatcher>;

const fixtures = defineFixtures({
  succeeds: { runtime_name: "answers" },
  fails: { runtime_name: "declines", code: "acme.declined" },
  rejects: { runtime_name: "nobody", code: "no_runner" },
  runsUntilStopped: { runtime_name: "waits" },
  ignoresStop: { runtime_name: "isDeaf" },
  writesOutput: {
    runtime_name: "writes",
    stdout: Buffer.from("one\xfftwo", "latin1"),
    stderr: "three",
  },
  readsInput: { runtime_name: "reads", input: "some input\n", stdout: "SOME INPUT\n" },
  leavesArtifact: { runtime_name: "leaves", name: "report.txt", content: "kept" },
});

const cases = await conformance({ create: () => new ManualRunner(dispatchers), kind: "manual", fixtures });

test("all is tested but what the runner does not declare", () => {
  const reasons = cases.flatMap(({ skip }) => (skip === false ? [] : [skip]));
  expect(new Set(reasons)).toEqual(
    new Set([
      ...["recover", "close", "metadata", "supports"].map((member) => `the runner declares no ${member}`),
      "the runner supports no limits",
    ]),
  );
});

for (const { id, requirement, skip, run } of cases) if (skip === false) test(`${id}: ${requirement}`, run);
