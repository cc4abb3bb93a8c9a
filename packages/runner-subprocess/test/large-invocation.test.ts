import { expect, test } from "vitest";
import { openWorkbench } from "./workbench.ts";

const large = "x".repeat(100 * 1024 * 1024);

test.for([
  ["an argument", { command: ["true", large] }],
  ["an environment value", { environment: { LARGE: large } }],
  ["an environment name", { environment: { [large]: "1" } }],
] as const)("100 MB in %s are refused in a sentence, and the next run works", async ([, fields]) => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(["true"], fields as never);
  expect(result).toMatchObject({
    status: "rejected",
    metadata: { "xrt.error_code": "subprocess.argument_list_too_long" },
  });
  expect(result.error_summary?.length).toBeLessThan(1000);
  expect((await bench.run(["true"])).result.status).toBe("succeeded");
});

test("100 MB in foreign metadata change nothing", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(["true"], { metadata: { "acme.large": large } });
  expect(result.status).toBe("succeeded");
});
