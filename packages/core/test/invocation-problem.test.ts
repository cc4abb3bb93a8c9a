import type { RuntimeRunner } from "@xrt/contracts";
import { decodeInvocation } from "@xrt/contracts/codec";
import { invocationProblem } from "@xrt/core";
import { expect, test } from "vitest";
import { runnerOf, succeed } from "./workbench.ts";

const runner: RuntimeRunner = runnerOf(succeed, {
  supports: ["limits.processes"],
  metadata: {
    prefix: "acme.",
    schema: {
      "~standard": {
        version: 1,
        vendor: "acme",
        validate: async (given: Readonly<Record<string, string>>) =>
          given["size"] === undefined
            ? { value: given }
            : { issues: [{ message: "too big", path: ["size"] }] },
      },
    },
  },
});

async function problemOf(fields: object): Promise<string | undefined> {
  const { invocation } = decodeInvocation({
    schema_version: "0.2",
    contract_kind: "runtime_invocation",
    invocation_id: "i",
    runtime_name: "r",
    runtime_kind: "acme.echo",
    working_directory: "/no/such/directory",
    command: ["x"],
    ...fields,
  });
  return invocationProblem(invocation, runner);
}

test("nothing is wrong with an invocation that the runner takes, wherever its files are", async () => {
  expect(await problemOf({ metadata: { "other.size": "1" }, limits: { processes: 2 } })).toBeUndefined();
});

test("what the runner's schema refuses is told, key by key", async () => {
  expect(await problemOf({ metadata: { "acme.size": "1" } })).toBe("metadata acme.size: too big");
});

test("a limit that the runner does not support is told with those that it does", async () => {
  expect(await problemOf({ limits: { memory_bytes: 1 } })).toMatch(
    /^limits\.memory_bytes: not supported by the runner for "acme\.echo", which supports .*limits\.processes;/,
  );
});
