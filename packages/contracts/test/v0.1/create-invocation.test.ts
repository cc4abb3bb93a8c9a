import { describe, expect, test } from "vitest";
import { createInvocation, RuntimeInvocation, type InvocationInput } from "@xrt/contracts/v0.1";

describe("createInvocation", () => {
  test("needs a kind and a command, and fills in the rest", () => {
    const { invocation_id, ...rest } = createInvocation({ runtime_kind: "subprocess", command: ["make"] });
    expect(invocation_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(rest).toStrictEqual({
      schema_version: "0.1",
      contract_kind: "runtime_invocation",
      runtime_name: "make",
      runtime_kind: "subprocess",
      working_directory: ".",
      command: ["make"],
      environment: {},
      timeout_seconds: null,
      input_payload_path: null,
      output_result_path: null,
      artifact_directory: null,
      metadata: {},
    });
  });

  test("makes what the strict wire schema accepts", () => {
    expect(
      RuntimeInvocation.safeParse(createInvocation({ runtime_kind: "http", command: [""] })).success,
    ).toBe(true);
  });

  test("gives each invocation an id of its own, later ones after earlier ones", async () => {
    const first = createInvocation({ runtime_kind: "subprocess", command: ["a"] });
    const start = Date.now();
    await expect.poll(() => Date.now()).toBeGreaterThan(start);
    const second = createInvocation({ runtime_kind: "subprocess", command: ["a"] });
    expect(second.invocation_id > first.invocation_id).toBe(true);
  });

  test.each([
    [["/usr/bin/make", "all"], "make"],
    [["./tools/run.sh"], "run.sh"],
    [["C:\\tools\\make.exe"], "make.exe"],
    [["bin/"], "bin"],
    [["/"], "subprocess"],
    [[""], "subprocess"],
  ])("names %j as %j", (command, name) => {
    expect(createInvocation({ runtime_kind: "subprocess", command }).runtime_name).toBe(name);
  });

  test("keeps what its author gave, and counts undefined as left out", () => {
    const invocation = createInvocation({
      runtime_kind: "manual",
      command: ["review"],
      invocation_id: "r-1",
      runtime_name: undefined,
      timeout_seconds: undefined,
      environment: undefined,
      metadata: { "acme.ticket": "7" },
    });
    expect(invocation).toMatchObject({
      invocation_id: "r-1",
      runtime_name: "review",
      timeout_seconds: null,
      environment: {},
      metadata: { "acme.ticket": "7" },
    });
  });

  test("takes process.env as the environment, as a plain copy", () => {
    process.env["XRT_TEST_MARK"] = "kept";
    try {
      // The type of process.env has undefined values, which it never holds.
      const environment = process.env as Record<string, string>;
      const invocation = createInvocation({ runtime_kind: "subprocess", command: ["env"], environment });
      expect(invocation.environment).toStrictEqual({ ...process.env });
      expect(invocation.environment).not.toBe(process.env);
      expect(invocation.environment["XRT_TEST_MARK"]).toBe("kept");
    } finally {
      delete process.env["XRT_TEST_MARK"];
    }
  });

  test("refuses bad input with every problem", () => {
    const input = { runtime_kind: "docker", command: [], timeout_seconds: 0 } as unknown as InvocationInput;
    expect(() => createInvocation(input)).toThrow(/runtime_kind: .*command: .*timeout_seconds: /);
  });

  test("refuses a key that no invocation has", () => {
    const input = { runtime_kind: "subprocess", command: ["a"], timeout: 5 } as InvocationInput;
    expect(() => createInvocation(input)).toThrow(/timeout: unknown key/);
  });
});
