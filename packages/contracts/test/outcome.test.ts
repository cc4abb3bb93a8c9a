import { expect, test } from "vitest";
import { outcome } from "@xrt/contracts";

test("succeeded carries what the runner adds", () => {
  expect(outcome.succeeded({ exit_code: 0 })).toEqual({ status: "succeeded", exit_code: 0 });
  expect(outcome.succeeded()).toEqual({ status: "succeeded" });
});

test("failed names a code and a sentence, beside what the runner adds", () => {
  expect(outcome.failed("acme.quota", "the quota is used up", { exit_code: 3 })).toEqual({
    status: "failed",
    exit_code: 3,
    error: { code: "acme.quota", message: "the quota is used up" },
  });
});

test("failed keeps whether a retry may help", () => {
  const extra = { error: { code: "network", message: "", retryable: true } } as const;
  expect(outcome.failed("network", "connection refused", extra).error).toEqual({
    code: "network",
    message: "connection refused",
    retryable: true,
  });
});

test("rejected names a code and a sentence", () => {
  expect(outcome.rejected("command_not_found", "no such command: mkae")).toEqual({
    status: "rejected",
    error: { code: "command_not_found", message: "no such command: mkae" },
  });
});
