import { describe, expect, test } from "vitest";
import { createXrtError, isXrtError } from "@xrt/contracts";
import type * as errors from "../src/errors.ts";

describe("isXrtError", () => {
  test("knows an error that another copy of the package made", async () => {
    // A query makes another module of the same file, as a second installed copy would be.
    const address = "../src/errors.ts?copy=2";
    const other = (await import(/* @vite-ignore */ address)) as typeof errors;
    expect(other.createXrtError).not.toBe(createXrtError);
    expect(isXrtError(other.createXrtError("ERR_XRT_RUN_FAILED", "it failed"))).toBe(true);
    expect(other.isXrtError(createXrtError("ERR_XRT_RUN_FAILED", "it failed"))).toBe(true);
  });

  test.each([
    [new Error("x")],
    [{ code: "ERR_XRT_RUN_FAILED" }],
    [null],
    [undefined],
    ["ERR_XRT_RUN_FAILED"],
  ])("does not take %s for one", (value) => {
    expect(isXrtError(value)).toBe(false);
  });
});

describe("createXrtError", () => {
  test("makes an Error with code, details and cause, whose stack begins at the caller", () => {
    const cause = new Error("EACCES");
    const error = createXrtError("ERR_XRT_NOT_STARTED", "make did not start", {
      error: { code: "command_not_executable", message: "no permission" },
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "XrtError",
      code: "ERR_XRT_NOT_STARTED",
      message: "make did not start",
      cause,
    });
    expect(error.error?.code).toBe("command_not_executable");
    expect(error.stack?.split("\n")[1]).toContain("errors.test.ts");
  });

  test("keeps its marker out of what is printed or copied", () => {
    const error = createXrtError("ERR_XRT_RUN_FAILED", "it failed");
    expect(Object.keys(error)).not.toContain("xrt.error");
    expect(isXrtError({ ...error })).toBe(false);
  });
});
